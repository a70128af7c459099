/// Names under which the studio's own command line asks for things. Only the router identity `system` may call them.
public enum OperatorProcedures {
    public static let addDevice = "studio.device.add"
    public static let listDevices = "studio.device.list"
    public static let runApp = "studio.app.run"
    public static let setTarget = "studio.app.set_target"
    public static let listApps = "studio.app.list"
    /// The topic of what changes: `{device, status}` or `{device, app, state}`.
    public static let changes = "studio.changes"
    /// The router's dynamic authenticator (test-environment.md 9). Only the router's own service may call it.
    public static let authenticate = "studio.authenticate"
}
