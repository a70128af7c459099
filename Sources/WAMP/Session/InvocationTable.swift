/// The invocations whose handlers run, and those that were refused while their caller may still add to them.
struct InvocationTable: Sendable {
    /// More refused calls than this are not remembered.
    private static let refusedLimit = 1024

    private var running: [UInt64: Bool] = [:]
    private var refused: Set<UInt64> = []

    var count: Int { running.count }

    func isRunning(_ request: UInt64) -> Bool { running[request] != nil }

    /// Whether the handler runs and its caller wants intermediate results.
    func receivesProgress(_ request: UInt64) -> Bool { running[request] ?? false }

    mutating func start(_ request: UInt64, receivesProgress: Bool) { running[request] = receivesProgress }

    /// False when it is over already.
    mutating func finish(_ request: UInt64) -> Bool { running.removeValue(forKey: request) != nil }

    /// Remembers that the caller's further parts under this number are to be dropped.
    mutating func refuse(_ request: UInt64) {
        if refused.count >= Self.refusedLimit { refused.removeAll() }
        refused.insert(request)
    }

    /// Whether this is a further part of a refused call; the last part ends the memory of it.
    mutating func isRefused(_ request: UInt64, isLast: Bool) -> Bool {
        guard refused.contains(request) else { return false }
        if isLast { refused.remove(request) }
        return true
    }

    /// Takes out everything, in ascending order.
    mutating func drain() -> [UInt64] {
        defer { (running, refused) = ([:], []) }
        return running.keys.sorted()
    }
}
