/// Names a call for the dealer: request numbers are counted by each caller.
struct CallKey: Sendable, Hashable {
    let caller: UInt64
    let request: UInt64
}

/// A call that waits for its callee.
struct PendingCall: Sendable {
    let callee: UInt64
    let invocation: UInt64
    /// Whether the caller wants progressive results.
    let receivesProgress: Bool
    /// The time to the first and between successive results, when the dealer keeps it.
    let timer: RouterTimerID?
    let timeout: Duration
    /// Whether the callee has been sent an INTERRUPT.
    var isInterrupted = false
}
