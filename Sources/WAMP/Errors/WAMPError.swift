public import Values

/// Why an operation of a session failed, or what a handler answers.
///
/// A handler throws one to have `uri`, `args` and `kwargs` sent to the caller unchanged.
public struct WAMPError: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The peer answered with an ERROR, or a handler answers with one; `uri` says which.
        case application
        /// The router refused the session; `uri` is the reason of its ABORT.
        case aborted
        /// The time given ran out.
        case timeout
        /// The caller gave up.
        case canceled
        /// The session ended before the answer came.
        case sessionLost
        /// The transport could not be opened.
        case connectionFailed
        /// There is no open session to do it in.
        case notConnected
        /// An argument of ours is not acceptable: a malformed URI, for example.
        case invalidArgument
        /// A message of ours cannot be carried: not a number, nested too deeply.
        case invalidMessage
        /// A message is larger than the peer accepts.
        case payloadSizeExceeded
        /// The challenge of the router cannot be answered.
        case authentication
        /// The peer broke the protocol.
        case protocolViolation
    }

    /// What kind of failure it is.
    public var code: Code
    /// The error URI: of the peer for `application` and `aborted`, else the one that fits the code.
    public var uri: String
    public var args: [Value]
    public var kwargs: Object
    /// A sentence for people. Holds no secret.
    public var message: String

    /// A failure of a kind; without a URI the one that fits it.
    public init(_ code: Code, uri: String? = nil, args: [Value] = [], kwargs: Object = [:], message: String) {
        self.code = code
        self.uri = uri ?? code.uri
        self.args = args
        self.kwargs = kwargs
        self.message = message
    }

    /// The error a handler throws, or the one a peer answered with.
    /// - Parameter message: the sentence; the first argument when that is a text and none is given.
    public init(uri: String, args: [Value] = [], kwargs: Object = [:], message: String? = nil) {
        self.init(
            .application, uri: uri, args: args, kwargs: kwargs, message: message ?? args.first?.string ?? uri)
    }
}

extension WAMPError.Code {
    /// The URI under which a failure of this kind is told to a caller.
    public var uri: String {
        switch self {
        case .application: ErrorURI.runtimeError
        case .aborted: ErrorURI.protocolViolation
        case .timeout: ErrorURI.timeout
        case .canceled: ErrorURI.canceled
        case .sessionLost, .connectionFailed, .notConnected: ErrorURI.networkFailure
        case .invalidArgument, .invalidMessage: ErrorURI.invalidArgument
        case .payloadSizeExceeded: ErrorURI.payloadSizeExceeded
        case .authentication: ErrorURI.authenticationFailed
        case .protocolViolation: ErrorURI.protocolViolation
        }
    }
}

extension WAMPError: CustomStringConvertible {
    public var description: String { message == uri || message.isEmpty ? uri : "\(uri): \(message)" }
}
