public import DeviceProtocol

extension AppRegistry: AppRequests {
    public func request(_ request: AppRequest) async throws { try await handle(request) }
}
