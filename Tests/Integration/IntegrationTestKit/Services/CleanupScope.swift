import AsyncSupport
import Synchronization

/// What a test has to undo, in reverse order, whether it passed, failed or was cancelled.
public final class CleanupScope: Sendable {
    private let actions = Mutex<[@Sendable () async -> Void]>([])

    private init() {}

    /// Adds an action; the last one added runs first.
    public func add(_ action: @escaping @Sendable () async -> Void) {
        actions.withLock { $0.append(action) }
    }

    /// Runs `body` with a scope and afterwards all actions, which are not cancelled with the test.
    public static func run<R: Sendable>(_ body: (CleanupScope) async throws -> R) async throws -> R {
        let scope = CleanupScope()
        return try await withCleanup({ try await body(scope) }, cleanup: { await scope.runAll() })
    }

    private func runAll() async {
        while let action = actions.withLock({ $0.popLast() }) { await action() }
    }
}
