/// Waits until a condition holds, looking every now and then; false when the limit passed first.
public func eventually(
    within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    repeat {
        if try await condition() { return true }
        try? await Task.sleep(for: pause)
    } while ContinuousClock.now < end
    return try await condition()
}
