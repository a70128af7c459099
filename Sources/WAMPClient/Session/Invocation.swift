public import Values
import WAMP

/// A call that a handler answers.
public struct Invocation: Sendable {
    public let args: [Value]
    public let kwargs: Object
    public let details: Object
    /// The procedure that was called: the concrete one for a pattern registration.
    public let procedure: String
    /// Sends an intermediate result; nil when the caller wants none.
    public let progress: (@Sendable ([Value], Object) async -> Void)?

    public init(
        args: [Value] = [], kwargs: Object = [:], details: Object = [:], procedure: String,
        progress: (@Sendable ([Value], Object) async -> Void)? = nil
    ) {
        self.args = args
        self.kwargs = kwargs
        self.details = details
        self.procedure = procedure
        self.progress = progress
    }

    init(_ request: InvocationRequest, connection: WAMPConnection) {
        let number = request.request
        let progress: @Sendable ([Value], Object) async -> Void = { args, kwargs in
            await connection.progress(of: number, Payload(args, kwargs: kwargs))
        }
        self.init(
            args: request.args, kwargs: request.kwargs, details: request.details, procedure: request.procedure,
            progress: request.receivesProgress ? progress : nil)
    }

    /// The session of the caller, when the dealer discloses it (wamp-protocol.md 8.7).
    public var caller: UInt64? { details["caller"].flatMap(WAMPID.init(value:))?.number }

    /// Who calls, when the dealer discloses it.
    public var callerAuthID: String? { details["caller_authid"]?.string }

    /// The role of the caller, when the dealer discloses it.
    public var callerAuthRole: String? { details["caller_authrole"]?.string }
}

/// What a handler answers.
public struct Reply: Sendable, Hashable {
    public var args: [Value]
    public var kwargs: Object
    /// Options of YIELD; empty for nearly everybody.
    public var options: Object

    public init(_ args: [Value] = [], kwargs: Object = [:], options: Object = [:]) {
        self.args = args
        self.kwargs = kwargs
        self.options = options
    }
}
