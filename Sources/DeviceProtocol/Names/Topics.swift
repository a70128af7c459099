/// Topics that a device publishes, and the router's meta events that it listens to.
public enum Topics {
    /// What every log topic of every device starts with; bridges subscribe to it as a prefix.
    public static let logPrefix = "reswarm.logs."

    public static let subscriptionCreated = "wamp.subscription.on_create"
    public static let subscriptionDeleted = "wamp.subscription.on_delete"
    /// What the router tells of sessions; both names below begin with it.
    public static let sessionPrefix = "wamp.session.on_"
    public static let sessionJoined = "wamp.session.on_join"
    public static let sessionLeft = "wamp.session.on_leave"
    public static let registrationRemoved = "wamp.registration.on_unregister"

    /// `reswarm.logs.<serial>.<log name>` (containers-logs-terminal.md 3.2).
    public static func log(_ name: String, serial: String) -> String { "\(logPrefix)\(serial).\(name)" }

    /// The log name of a topic of this device: everything after the serial, dots included (C-61).
    public static func logName(of topic: String, serial: String) -> String? {
        DeviceURI.rest(of: topic, after: "\(logPrefix)\(serial).")
    }

    /// Tunnel states, one positional argument each.
    public static func tunnelStateUpdate(serial: String) -> String {
        DeviceURI.procedure("tunnel_state_update/onreload", serial: serial)
    }

    /// Progress of the agent's own download.
    public static func agentUpdateProgress(serial: String) -> String {
        DeviceURI.procedure("agent_update_progress", serial: serial)
    }
}
