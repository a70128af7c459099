/// What an app is doing, with the spellings of the wire (app-lifecycle.md 1.5).
public enum AppState: String, Sendable, Hashable, CaseIterable {
    case present = "PRESENT"
    case removed = "REMOVED"
    case uninstalled = "UNINSTALLED"
    case failed = "FAILED"
    case running = "RUNNING"
    case stopped = "STOPPED"
    case building = "BUILDING"
    case built = "BUILT"
    case transfering = "TRANSFERING"
    case transfered = "TRANSFERED"
    case publishing = "PUBLISHING"
    case published = "PUBLISHED"
    case downloading = "DOWNLOADING"
    case starting = "STARTING"
    case stopping = "STOPPING"
    case updating = "UPDATING"
    case deleting = "DELETING"
    case inherit = "INHERIT"

    /// Whether the state is a stage of work rather than a resting place.
    public var isTransient: Bool {
        switch self {
        case .building, .built, .transfering, .transfered, .publishing, .published, .downloading, .starting,
            .stopping, .updating, .deleting:
            true
        case .present, .removed, .uninstalled, .failed, .running, .stopped, .inherit:
            false
        }
    }

    /// The resting state that a request for this state means, as it is stored (app-lifecycle.md 1.5, "normalised target").
    public var normalisedTarget: AppState {
        switch self {
        case .building, .transfering, .transfered, .publishing, .downloading, .stopping, .updating: .present
        case .starting: .running
        case .deleting: .removed
        default: self
        }
    }

    /// Whether the database accepts it; `STOPPED` is the one state that the reference's tables refuse (P29).
    public var isStorable: Bool { self != .stopped }
}

/// The state of the whole device in `update_device_status`.
public enum DeviceStatus: String, Sendable, Hashable {
    case configuring = "CONFIGURING"
    case connected = "CONNECTED"
    case disconnected = "DISCONNECTED"
    case emergency = "EMERGENCY"
}

/// Confirmation of an update in `update_app_on_device`, key `updateStatus` (app-lifecycle.md 2.10).
public enum UpdateStatus: String, Sendable, Hashable {
    case none = ""
    case pendingRemoteConfirmation = "pending_remote_confirmation"
    case completed
    case canceled
}

/// What `reswarm.devices.check_privilege` is asked for.
public enum Privilege: String, Sendable, Hashable {
    case read = "READ"
    case network = "NETWORK"
    case maintain = "MAINTAIN"
    case develop = "DEVELOP"
}
