public import Values

/// An identifier of the protocol: 1…2^53 (wamp-protocol.md 2.1).
public struct WAMPID: Sendable, Hashable {
    /// 2^53, the largest identifier.
    public static let maximum: UInt64 = 1 << 53

    /// The number, 1…2^53.
    public let number: UInt64

    /// Nil outside 1…2^53.
    public init?(_ number: UInt64) {
        guard (1...Self.maximum).contains(number) else { return nil }
        self.number = number
    }

    /// Any integer width, and a float with an integral value as JavaScript sends it; no text.
    public init?(value: Value) {
        switch value {
        case .int(let number):
            guard let number = UInt64(exactly: number) else { return nil }
            self.init(number)
        case .uint(let number):
            self.init(number)
        case .double(let number):
            guard let number = UInt64(exactly: number) else { return nil }
            self.init(number)
        default:
            return nil
        }
    }
}

/// The request numbers of one session in one direction: 1, 2, 3 … 2^53, then 1 again.
public struct RequestSequence: Sendable {
    private var last: UInt64

    /// - Parameter last: the number before the first one; 0 for a new session.
    public init(after last: UInt64 = 0) { self.last = last }

    public mutating func next() -> UInt64 {
        last = last >= WAMPID.maximum ? 1 : last + 1
        return last
    }
}
