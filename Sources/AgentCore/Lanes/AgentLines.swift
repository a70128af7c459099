import DeviceProtocol

/// What the agent itself says in an app's log. The wording is free, the moments are what users rely on
/// (containers-logs-terminal.md 3.9).
enum AgentLines {
    static func starting(_ app: InstalledApp) -> String { "Starting \(app.name)..." }

    static func running(_ app: InstalledApp) -> String { "Now running app \(app.name) (\(app.version))" }

    static func downloading(_ app: InstalledApp) -> String { "Initialising download for the app: \(app.name)..." }

    static func downloaded(_ app: InstalledApp) -> String {
        "Succesfully installed the app: \(app.name) (Version: \(app.version))"
    }

    static func downloadCanceled(_ app: InstalledApp) -> String { "The download of \(app.name) was canceled" }

    static func stopRequested(_ app: InstalledApp) -> String { "Received stop signal for \(app.name)" }

    static func stopped(_ app: InstalledApp) -> String { "Successfully stopped \(app.name)" }

    static func removing(_ app: InstalledApp) -> String { "Starting removal process for \(app.name)..." }

    static func removed(_ app: InstalledApp) -> String { "Successfully removed \(app.name)!" }

    static func failed(_ app: InstalledApp, _ failure: Failure) -> String {
        guard let code = failure.exitCode else { return "Error: \(failure.message)" }
        return "\(app.name) (\(app.id.stage.rawValue)) exited with status code: \(code)"
    }

    static func crashLoop(attempt: Int, delay: Duration) -> String {
        "Entered a crashloop (\(CrashHistory.ordinal(attempt)) attempt), retrying in \(seconds(delay))s"
    }

    static func limitation(_ app: InstalledApp, _ limitation: Limitation) -> String {
        "\(app.name): \(limitation.rawValue)"
    }

    static func imagesKept(_ error: EngineError) -> String { "Some images could not be removed: \(error)" }

    static func logUnreadable(_ error: EngineError) -> String {
        "The log of the container cannot be read and is tried again: \(error)"
    }

    static func portTaken(_ app: InstalledApp, _ port: UInt16) -> String {
        "Port \(port) of this device is in use by something else; \(app.name) gets another one"
    }

    static func otherPort(_ app: InstalledApp, _ binding: PortBinding) -> String {
        "Port \(binding.container) of \(app.name) is port \(binding.host) of this device, because it is in use"
    }

    /// Of a container that went away without us.
    static func vanished(_ app: InstalledApp) -> String {
        "The container of \(app.name) is gone: somebody has removed or renamed it"
    }

    static func unanswered(_ failure: Failure) -> String { "\(failure.message); it is tried again" }

    /// Seconds with up to three decimals.
    private static func seconds(_ duration: Duration) -> String {
        let parts = duration.components
        let thousandths = parts.attoseconds / 1_000_000_000_000_000
        guard thousandths != 0 else { return "\(parts.seconds)" }
        return "\(parts.seconds).\(String(thousandths + 1000).dropFirst())"
    }
}
