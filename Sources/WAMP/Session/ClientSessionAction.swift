public import Values

/// What the owner of a ``ClientSessionMachine`` has to do, in the given order.
public enum ClientSessionAction: Sendable, Hashable {
    /// Write the message.
    case send(Message)

    /// WELCOME came: operations are possible from now on.
    case opened(session: UInt64, welcome: Object)

    /// The operation is over; happens exactly once per operation.
    case complete(OperationID, Result<Outcome, WAMPError>)

    /// An intermediate result of a call.
    case progress(OperationID, CallResult)

    /// Start a timer for the operation, in place of one that runs already; when it fires, call
    /// ``ClientSessionMachine/deadlinePassed(_:)``. May be left running when the operation ends sooner.
    case startTimer(OperationID, Duration)

    /// Start the handler that was registered by `invocation.registration`.
    case invoke(InvocationRequest)

    /// Cancel the handler's task of that INVOCATION; whatever it answers later is dropped.
    case cancelInvocation(UInt64)

    /// Hand the event to these consumers, each named by its subscribe operation.
    case deliver(Event, to: [OperationID])

    /// The registration is over without our asking: taken by another session, revoked, or the session ended.
    case registrationEnded(OperationID, WAMPError)

    /// The subscription is over without our asking: revoked, or the session ended.
    case subscriptionEnded(OperationID, WAMPError)

    /// The session is over; close the transport. The last action of all; comes exactly once.
    case ended(SessionEnd)

    /// What an operation came to.
    public enum Outcome: Sendable, Hashable {
        case result(CallResult)
        case registered(registration: UInt64)
        case unregistered
        case subscribed(subscription: UInt64)
        case unsubscribed
        /// nil: sent without asking for an acknowledgement.
        case published(publication: UInt64?)
    }
}

/// A result of a call, final or intermediate.
public struct CallResult: Sendable, Hashable {
    public var args: [Value]
    public var kwargs: Object
    public var details: Object

    /// A result with its arguments and the details of RESULT.
    public init(args: [Value] = [], kwargs: Object = [:], details: Object = [:]) {
        self.args = args
        self.kwargs = kwargs
        self.details = details
    }
}

/// A call that arrived for a registration of ours.
public struct InvocationRequest: Sendable, Hashable {
    /// The INVOCATION's request number, to answer with.
    public var request: UInt64
    /// The register operation that made the registration.
    public var registration: OperationID
    /// The procedure that was called: the concrete one for a pattern registration.
    public var procedure: String
    public var args: [Value]
    public var kwargs: Object
    public var details: Object
    /// The caller wants intermediate results.
    public var receivesProgress: Bool
    /// The time the handler has; set only when the dealer hands the supervision to us (wamp-protocol.md 8.6).
    public var timeout: Duration?

    /// A call as the machine reads it from an INVOCATION.
    public init(
        request: UInt64, registration: OperationID, procedure: String, args: [Value] = [], kwargs: Object = [:],
        details: Object = [:], receivesProgress: Bool = false, timeout: Duration? = nil
    ) {
        self.request = request
        self.registration = registration
        self.procedure = procedure
        self.args = args
        self.kwargs = kwargs
        self.details = details
        self.receivesProgress = receivesProgress
        self.timeout = timeout
    }
}

/// An event of a subscription.
public struct Event: Sendable, Hashable {
    public var publication: UInt64
    /// The topic it was published to: the concrete one for a pattern subscription.
    public var topic: String
    public var args: [Value]
    public var kwargs: Object
    public var details: Object

    /// An event as the machine reads it from an EVENT.
    public init(
        publication: UInt64, topic: String, args: [Value] = [], kwargs: Object = [:], details: Object = [:]
    ) {
        self.publication = publication
        self.topic = topic
        self.args = args
        self.kwargs = kwargs
        self.details = details
    }
}
