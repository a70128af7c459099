import DeviceProtocol
import Values

/// Everything that the planner decides from: what is wanted, what is there, and what was done about it.
public struct Situation: Sendable, Equatable {
    /// Nil for a row that nobody wants anything of: it is left alone.
    public var wanted: WantedApp?
    public var installed: InstalledApp
    /// The reference that the app runs; nil when no version is known.
    public var image: String?
    /// What the engine showed; nil when nobody has looked since the last change.
    public var observation: Observation?
    public var transition: Transition?
    public var history = CrashHistory()
    /// Monotonic.
    public var now: Duration

    /// Engine or database did not answer; neither is asked again before this time.
    public var blockedUntil: Duration?
    /// The state is a memory of an earlier process and was not compared with the engine yet (4.5).
    public var isUnverified = true
    /// Something may have changed on the engine: look, even if the state is the wanted one.
    public var mustLook = false
    /// A request or a connect asks for the state to be reported once more.
    public var mustReport = false
    /// The credential files may be older than the wanted epoch (2.1 step 6).
    public var mustRefreshCredential = false
    /// Tunnels or the backend's list of ports may differ from what is there (3.7).
    public var mustSyncPorts = false
    /// The backend no longer lists the app: its container and rows go, silently.
    public var isDiscarded = false
    /// The container whose log is followed.
    public var followed: String?
    /// What was said already about wishes that this agent cannot fulfil.
    public var noted: Set<Limitation> = []

    /// Whether the app has rules for ports at all.
    var hasPortRules: Bool { wanted?.ports.array?.isEmpty == false }

    public init(wanted: WantedApp?, installed: InstalledApp, now: Duration) {
        self.wanted = wanted
        self.installed = installed
        self.now = now
    }
}

/// What the engine shows of one app.
public struct Observation: Sendable, Equatable {
    /// The app's own container.
    public var container: ContainerSnapshot?
    /// A container that is not ours has our name. It is never touched.
    public var isNameTaken: Bool
    /// Whether exactly the reference that the app runs is there (P57).
    public var hasImage: Bool

    public init(container: ContainerSnapshot? = nil, isNameTaken: Bool = false, hasImage: Bool = false) {
        self.container = container
        self.isNameTaken = isNameTaken
        self.hasImage = hasImage
    }
}

/// Why an app is left as it is, although something else may be wanted.
public enum Limitation: String, Sendable, Hashable, CaseIterable {
    case compose = "compose apps are not supported by this version of the agent; the app is left as it is"
    case development = "builds are not supported by this version of the agent; the app is left as it is"
    case update = "an update was requested, which this version of the agent cannot do; the installed version stays"
    case paused = "the container is paused; the agent leaves it so until somebody resumes it or asks for another state"
    case target = "this state cannot be reached on a device; the app is left as it is"
}
