public import DeviceProtocol

/// What a state report of a device means for the wish that the studio holds. Pure.
public enum ReportOutcome: Sendable, Equatable {
    /// The new state is noted.
    case noted(DesiredApp)
    /// The new state may be an old one's end: note it, and ask the device once more to stop.
    case askAgain(DesiredApp)
    /// The app was stopped for its restart: note it and ask for the real target.
    case restart(DesiredApp)
    /// The app is gone as wished: forget it.
    case gone

    public static func of(_ state: AppState, for app: DesiredApp) -> ReportOutcome {
        let before = app.reported
        var app = app
        app.reported = state
        switch (app.target, state) {
        case (.removed, .removed), (.uninstalled, .uninstalled):
            return .gone
        case (_, .present) where app.restartPending && (before == .starting || before == .downloading):
            // A start reports PRESENT on its way, after the download (app-lifecycle.md 2.3), and goes on. Asked again,
            // the device says PRESENT once more when it rests there.
            return .askAgain(app)
        case (_, .present) where app.restartPending, (_, .removed) where app.restartPending,
            (_, .uninstalled) where app.restartPending:
            app.restartPending = false
            return .restart(app)
        default:
            return .noted(app)
        }
    }
}
