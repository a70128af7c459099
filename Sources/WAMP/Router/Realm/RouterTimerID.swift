/// A timer of a realm: the time that one call has.
public struct RouterTimerID: Sendable, Hashable {
    let number: UInt64

    init(_ number: UInt64) { self.number = number }
}
