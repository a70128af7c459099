/// What a ``RealmMachine`` wants done, to be carried out in this order before the next event goes in.
public enum RouterAction: Sendable, Hashable {
    /// Append the message to that session's output.
    case send(Message, to: UInt64)
    /// The same EVENT for several sessions: encode it once.
    case sendEvent(Message, to: [UInt64])
    /// Run a timer, anew when it runs already.
    case startTimer(RouterTimerID, Duration)
    case cancelTimer(RouterTimerID)
    /// The session is over for the realm, which has forgotten it; what it is still sent was named before.
    case end(session: UInt64, RouterSessionEnd)
}

/// How a session ended, and so what becomes of its transport (wamp-protocol.md 3.3, 3.4).
public enum RouterSessionEnd: Sendable, Hashable {
    /// The client said GOODBYE and was answered: flush, wait a short grace for a new HELLO, close.
    case left
    /// The router said GOODBYE: flush, wait a bounded time for the reply, close.
    case dismissed(reason: String)
    /// The client said ABORT: close.
    case aborted(reason: String)
    /// The client broke the protocol, ABORT is sent: flush, close.
    case violated(String)
}
