/// Procedures that a device calls (app-lifecycle.md appendix B, system.md appendix B).
public enum BackendProcedure {
    /// State reports and, in its other form, port reports.
    public static let updateAppOnDevice = "reswarm.containers.update_app_on_device"
    public static let getRequestedAppStates = "reswarm.containers.get_requested_app_states"
    public static let getRegistryToken = "reswarm.containers.get_registry_token"
    public static let getAppCredentialKey = "reswarm.devices.get_app_cred_key"
    public static let updateDeviceStatus = "reswarm.devices.update_device_status"
    public static let updateDeviceArchitecture = "reswarm.devices.update_device_architecture"
    public static let readDeviceMetadata = "reswarm.devices.read_device_metadata"
    public static let checkPrivilege = "reswarm.devices.check_privilege"
    /// Called by the router when a device's session is lost.
    public static let testamentDevice = "reswarm.api.testament_device"
    public static let runRegistryGC = "reswarm.registry.run_gc"
    public static let exposePort = "re.tunnel.expose_port"
    public static let closePort = "re.tunnel.close_port"

    /// Procedures of the router itself.
    public static let addTestament = "wamp.session.add_testament"
    public static let flushTestaments = "wamp.session.flush_testaments"
    public static let matchSubscription = "wamp.subscription.match"
}
