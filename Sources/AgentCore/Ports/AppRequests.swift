public import DeviceProtocol

/// Takes what people want of apps. Returns when it is stored; the work goes on behind (app-lifecycle.md 1.3).
public protocol AppRequests: Sendable {
    /// - Throws: what kept the request from being stored; it reaches the caller.
    func request(_ request: AppRequest) async throws
}
