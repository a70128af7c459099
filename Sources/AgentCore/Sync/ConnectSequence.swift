/// The order in which a new session is put to work (app-lifecycle.md 6.2, system.md 0.2): a pure machine that tells the
/// next step. The link carries the steps out. Nothing that fails here ends the process (S-10, P50).
///
/// It goes through the order in passes. What failed is left out of its pass and tried again in the next one, after a
/// pause, in the same session; what succeeded is not done twice.
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
        /// When it has succeeded, the heartbeat begins.
        case reportConnected
        /// Wait by the reconnect rule, then go on.
        case pause
        /// End the session: the next one comes under the new identity (system.md 0.2).
        case drop
        /// The device is connected and has asked everything; nothing more to do.
        case done
    }

    public enum Outcome: Sendable, Equatable {
        case succeeded
        /// Trying again may help.
        case failed
        /// The answer would be the same again.
        case refused
        /// Of `refreshMetadata`: the device belongs to another project now.
        case projectChanged
    }

    private static let order: [Step] = [
        .refreshMetadata, .fetchCredentialKey, .reportConfiguring, .registerProcedures, .publishArchitecture,
        .reviveLogs, .deliverReports, .awaitEngine, .fetchRequested, .applyRequested, .sweepOrphans, .reportStates,
        .redrive, .reportConnected,
    ]

    /// What has to succeed, or to be refused, before the sequence is done. The registrations, the engine and CONNECTED
    /// are tried again whatever the reason was.
    private static let repeated: Set<Step> = [
        .refreshMetadata, .fetchCredentialKey, .registerProcedures, .publishArchitecture, .reviveLogs, .awaitEngine,
        .fetchRequested, .reportConnected,
    ]

    /// What needs the engine, and what needs the list.
    private static let needsEngine: Set<Step> = [.sweepOrphans, .reportStates]
    private static let needsList: Set<Step> = [.applyRequested, .sweepOrphans]

    private var position = 0
    /// Not to be done any more in this session.
    private var finished: Set<Step> = []
    /// Left out of this pass.
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
        case (.registerProcedures, .failed), (.registerProcedures, .refused):
            // Nobody could reach the device: nothing behind makes sense.
            return remember(.pause)
        case (let step?, _):
            take(outcome, of: step)
        case (nil, _):
            break
        }
        position += 1
        return current()
    }

    private mutating func take(_ outcome: Outcome, of step: Step) {
        switch (step, outcome) {
        case (.awaitEngine, .failed), (.awaitEngine, .refused):
            skipped.formUnion(Self.needsEngine)
        case (.fetchRequested, .failed):
            skipped.formUnion(Self.needsList)
        case (.applyRequested, .failed):
            // What was not stored is asked for again; what is not known to be wanted is no orphan.
            finished.remove(.fetchRequested)
            skipped.insert(.sweepOrphans)
        case (.fetchRequested, .refused), (.applyRequested, .refused):
            finished.formUnion(Self.needsList)
        case (.applyRequested, .succeeded):
            // What the list has changed is driven, also in a pass that comes for the list alone.
            finished.remove(.redrive)
        case (.reportConnected, .succeeded):
            // CONFIGURING after CONNECTED would be a lie, and the outbox sends by itself.
            finished.formUnion([.reportConfiguring, .deliverReports])
        default:
            break
        }
        if isFinished(step, by: outcome) { finished.insert(step) }
    }

    private func isFinished(_ step: Step, by outcome: Outcome) -> Bool {
        switch step {
        // A later pass gives held back reports another try.
        case .deliverReports: false
        case .registerProcedures, .reportConnected, .reportConfiguring, .awaitEngine: outcome == .succeeded
        case .applyRequested: outcome != .failed
        default: outcome != .failed || !Self.repeated.contains(step)
        }
    }

    private mutating func current() -> Step {
        while position < Self.order.count {
            let step = Self.order[position]
            if !finished.contains(step), !skipped.contains(step) { return remember(step) }
            position += 1
        }
        if Self.repeated.isSubset(of: finished) { return remember(.done) }
        position = 0
        skipped = []
        return remember(.pause)
    }

    private mutating func remember(_ step: Step) -> Step {
        last = step
        return step
    }
}
