public import Values

/// What an ``OpeningMachine`` wants done, in this order.
public enum OpeningAction: Sendable, Hashable {
    case send(Message)
    /// Ask the authenticator; its word goes back with `principalFound` or `refused`.
    case authenticate(JoinRequest)
    /// Run the one timer of the opening, anew when it runs already.
    case startTimer(Duration)
    case cancelTimer
    /// WELCOME is sent: hand the session to its realm. The machine is done.
    case join(SessionIdentity, hello: Object)
    /// Flush, then close the transport. The machine is done.
    case close(OpeningFailure)
}

/// Why an opening came to nothing.
public enum OpeningFailure: Sendable, Hashable {
    /// ABORT with that reason was sent. Refused authentications and unknown accounts are `not_authorized`.
    case refused(reason: String, message: String)
    /// The client broke the protocol; ABORT was sent.
    case violation(String)
    /// HELLO or AUTHENTICATE did not come in time, or the authenticator took too long.
    case timeout
    /// The client gave up.
    case left
}
