import UnixSignals

/// The end of a command that goes on until the user has seen enough.
enum Interruption {
    /// Runs the body until it ends, or until SIGINT or SIGTERM comes: then it is cancelled, leaves its session with
    /// the router and the command has succeeded.
    static func ends(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { for await _ in signals { break } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
