import DeviceProtocol

/// What a lane remembers of the transition it is in. It lives in memory only: after a crash the planner begins anew from
/// what it sees.
public struct Transition: Sendable, Equatable {
    public var action: TransitionAction
    /// States published at its beginning, before the work; the stop of a PROD app has two.
    public var announcements = 0
    /// The container that this transition created or took over.
    public var container: String?
    /// When that container was started, on the monotonic clock.
    public var startedAt: Duration?
    /// What the container is to bind on the host; nil until it was decided.
    public var bindings: [PortBinding]?
    /// How often a host port turned out to be taken.
    public var portConflicts = 0
    /// A container for which the stop was done.
    public var stopped: String?
    /// The engine refused the GPU: the container is made again without it (3.4).
    public var isWithoutGPU = false
    public var hasPulled = false
    public var hasRemovedImages = false
    public var hasDeletedData = false
    /// Steps in a row that the engine did not answer.
    public var unanswered = 0
    /// Why the last step did not succeed; ends the transition.
    public var failure: Failure?

    public init(_ action: TransitionAction) { self.action = action }

    /// Whether this transition has started the container that it is about.
    func hasStarted(_ id: String) -> Bool { container == id && startedAt != nil }

    /// Whether going on would be against what is wanted now. What is not against it goes on to its end and the new
    /// target is looked at then (P18).
    func contradicts(_ target: AppState) -> Bool {
        switch action {
        case .run, .recoverToRunning: [.present, .removed, .uninstalled].contains(target)
        case .pull, .recoverToPresent, .stop: [.removed, .uninstalled].contains(target)
        case .remove: target == .uninstalled
        default: false
        }
    }
}

/// Why a transition failed, in a sentence for people.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var message: String
    /// Of an app that ended by itself.
    public var exitCode: Int32?

    public init(_ message: String, exitCode: Int32? = nil) {
        self.message = message
        self.exitCode = exitCode
    }

    public var description: String { message }
}
