/// Runs the body, then the cleanup, and returns or throws what the body did.
///
/// The cleanup runs in a task that cannot be cancelled and is always awaited, whether the body returned, threw or was
/// cancelled: this is the one place for an unstructured task.
public func withCleanup<R, Failure: Error>(
    _ body: () async throws(Failure) -> R, cleanup: @escaping @Sendable () async -> Void
) async throws(Failure) -> R {
    let result: Result<R, Failure>
    do throws(Failure) {
        result = .success(try await body())
    } catch {
        result = .failure(error)
    }
    await Task { await cleanup() }.value
    return try result.get()
}
