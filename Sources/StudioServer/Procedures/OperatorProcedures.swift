/// Names under which the studio's own command line asks for things. Only operators may call them: on
/// the studio's own router the account `operator`, on another one `system`.
public enum OperatorProcedures {
    public static let addDevice = "studio.device.add"
    public static let listDevices = "studio.device.list"
    public static let runApp = "studio.app.run"
    public static let setTarget = "studio.app.set_target"
    public static let listApps = "studio.app.list"
    /// The stored lines of an app's log, asked of the device: devices answer nobody but `system` and accounts.
    public static let logHistory = "studio.app.log_history"
    /// The topic of what changes: `{device, status}` or `{device, app, state}`.
    public static let changes = "studio.changes"
    /// The router's dynamic authenticator (test-environment.md 9). Only the router's own service may call it.
    public static let authenticate = "studio.authenticate"
}
