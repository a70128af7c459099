/// Work that several tasks want at the same moment, done once per key and shared.
///
/// The first caller does the work in its own task; the others wait for it. When that caller is cancelled, one of the
/// others does the work anew. Nothing is remembered after the work has ended.
public actor SingleFlight<Key: Hashable & Sendable, Value: Sendable> {
    private enum Outcome: Sendable {
        case ended(Result<Value, any Error>)
        /// The working task was cancelled: a waiter takes over.
        case abandoned
    }

    private var flights: [Key: OneShot<Outcome>] = [:]

    public init() {}

    /// The result of the work for that key: of the one in flight, or of this body.
    /// - Throws: what the body threw; `CancellationError` when this task is cancelled while it waits.
    public func run(_ key: Key, _ body: @Sendable () async throws -> Value) async throws -> Value {
        while let flight = flights[key] {
            if case .ended(let result) = try await flight.value() { return try result.get() }
        }
        let flight = OneShot<Outcome>()
        flights[key] = flight
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        flights[key] = nil
        if case .failure = result, Task.isCancelled {
            flight.resolve(.abandoned)
        } else {
            flight.resolve(.ended(result))
        }
        return try result.get()
    }

    /// Callers that wait for the flight of another one; for tests.
    func waiterCount(_ key: Key) -> Int { flights[key]?.waiterCount ?? 0 }
}
