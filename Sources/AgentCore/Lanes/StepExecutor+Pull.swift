import DeviceProtocol
import Values

extension StepExecutor {
    /// Downloads an image (app-lifecycle.md 3.8). The registry token is fetched here and nowhere else, so that an app
    /// whose image is present starts without backend and registry (P21).
    func pull(
        _ image: String, for app: InstalledApp, _ wanted: WantedApp, logins: [RegistryLogin],
        onAccepted: @Sendable () async -> Void
    ) async throws(StepError) {
        let log = AppNames(app).log
        let logs = ports.logs
        await logs.clearViewers(of: log)
        await logs.write(AgentLines.downloading(app), to: log)
        await logs.clear(log)
        let credentials = try await credentials(for: image, wanted, logins: logins)
        do throws(EngineError) {
            try await ports.images.pull(image, credentials: credentials, onAccepted: onAccepted) { line in
                await logs.append(line, to: log)
            }
        } catch {
            if Task.isCancelled { throw .canceled }
            let reason = StepError(error, "Error occured while trying to pull the image")
            // A download is long: one that broke off is told and goes the way of the crash loop.
            if case .unanswered(let failure) = reason { throw .failed(failure) }
            throw reason
        }
    }

    /// The platform's registry takes the token as user and the device secret as password (3.0). A foreign registry, which
    /// only a reference given by the backend can name, gets the login that came with the request, if any.
    private func credentials(
        for image: String, _ wanted: WantedApp, logins: [RegistryLogin]
    ) async throws(StepError) -> RegistryCredentials? {
        let device = ports.device.context
        guard image.hasPrefix(device.registryURL) || wanted.image == nil else {
            guard let login = logins.first(where: { image.hasPrefix($0.registry) }) else { return nil }
            return RegistryCredentials(server: login.registry, user: login.username, password: login.password)
        }
        let token = try await registryToken(account: wanted.registryAccount)
        return RegistryCredentials(server: device.registryURL, user: token, password: device.secret)
    }

    /// No token is a failure like any other, so it is tried again (P14).
    private func registryToken(account: UInt64) async throws(StepError) -> String {
        do throws(BackendError) {
            let results = try await ports.backend.call(
                BackendProcedure.getRegistryToken, [.object(["callerID": .integer(account)])])
            guard let first = results.first else { return "" }
            guard let token = first.string else {
                throw BackendError(.malformed, "the backend's registry token is not a text")
            }
            return token
        } catch {
            if Task.isCancelled { throw .canceled }
            throw .failed(Failure("no registry token: \(error.message)"))
        }
    }
}
