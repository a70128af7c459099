/// The order of things after a connect (app-lifecycle.md 6.2, system.md 0.2), as a machine that tells the next step.
/// The link carries the steps out. Nothing that fails here ends the process (S-10, P50).
public struct ConnectSequence: Sendable {
    public enum Step: Sendable, Hashable, CaseIterable {
        /// `read_device_metadata`; the outcome tells whether the project has changed.
        case refreshMetadata
        /// `get_app_cred_key`.
        case fetchCredentialKey
        case reportConfiguring
        case registerProcedures
        case publishArchitecture
        /// Subscribe to the log meta events, then match each log (containers-logs-terminal.md 3.4).
        case reviveLogs
        /// ``Outbox/joined(_:)`` and ``Outbox/deliverPending()``: after the registrations, before the corrections.
        case deliverReports
        /// Wait for the engine, for a bounded time: without it, what is wanted is still stored.
        case awaitEngine
        /// `get_requested_app_states`.
        case fetchRequested
        /// ``AppRegistry/applyBulk(_:)`` and ``AppRegistry/forget(_:)`` with the decision of ``BulkSync``.
        case applyRequested
        /// ``OrphanSweep``.
        case sweepOrphans
        /// ``AppRegistry/reportStates(skipping:)``.
        case reportStates
        case redrive
        case reportConnected
        /// Wait by a back-off, then go on.
        case pause
        /// End the session: the next one comes under the new identity (system.md 0.2).
        case drop
        /// The device is connected; nothing more to do.
        case done
    }

    public enum Outcome: Sendable, Equatable {
        case succeeded
        case failed
        /// Of `refreshMetadata`: the device belongs to another project now.
        case projectChanged
    }

    private static let order: [Step] = [
        .refreshMetadata, .fetchCredentialKey, .reportConfiguring, .registerProcedures, .publishArchitecture,
        .reviveLogs, .deliverReports, .awaitEngine, .fetchRequested, .applyRequested, .sweepOrphans, .reportStates,
        .redrive, .reportConnected,
    ]

    /// What the device cannot be without: tried again, after a pause, until it is done or the session ends.
    private static let required: Set<Step> = [.registerProcedures, .reportConnected]

    /// What needs the engine, and what needs the list.
    private static let needsEngine: Set<Step> = [.sweepOrphans, .reportStates]
    private static let needsList: Set<Step> = [.applyRequested, .sweepOrphans]

    private var position = 0
    private var skipped: Set<Step> = []
    private var last: Step?

    public init() {}

    /// The first step.
    public mutating func start() -> Step {
        self = ConnectSequence()
        return current()
    }

    /// The step after the one that was returned last, given what came of that one.
    public mutating func next(after outcome: Outcome) -> Step {
        switch (last, outcome) {
        case (.pause, _):
            return current()
        case (.refreshMetadata, .projectChanged):
            position = Self.order.count
            return remember(.drop)
        case (.drop, _), (.done, _):
            return remember(.done)
        case (let step?, .failed) where Self.required.contains(step):
            return remember(.pause)
        case (.awaitEngine, .failed):
            skipped.formUnion(Self.needsEngine)
        case (.fetchRequested, .failed), (.applyRequested, .failed):
            skipped.formUnion(Self.needsList)
        default:
            break
        }
        position += 1
        return current()
    }

    private mutating func current() -> Step {
        while position < Self.order.count, skipped.contains(Self.order[position]) { position += 1 }
        return remember(position < Self.order.count ? Self.order[position] : .done)
    }

    private mutating func remember(_ step: Step) -> Step {
        last = step
        return step
    }
}
