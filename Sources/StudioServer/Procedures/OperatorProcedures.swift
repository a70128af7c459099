/// Names under which the studio's own command line asks for things. Only the router identity `system` may call them.
public enum OperatorProcedures {
    public static let addDevice = "studio.device.add"
    public static let listDevices = "studio.device.list"
    public static let runApp = "studio.app.run"
    public static let setTarget = "studio.app.set_target"
    public static let listApps = "studio.app.list"
    /// The topic of ``Studio/Change``.
    public static let changes = "studio.changes"
    /// The router's dynamic authenticator (test-environment.md 9).
    public static let authenticate = "studio.authenticate"
}
