import AsyncSupport
public import DeviceProtocol

/// The one worker of an app. It owns what is known of the app in memory, is the only writer of its rows, and does one
/// step after the other: plan, do, look again (P18, P31).
public actor AppLane {
    /// Who asks.
    public enum Origin: Sendable {
        /// A person or a program, now: earlier failures no longer count.
        case call
        /// The list of the backend; only a changed target forgives earlier failures (P62).
        case sync
    }

    /// Nothing was seen of the engine; asked again after this time, or when the engine is known to be back.
    static let engineRetryDelay: Duration = .seconds(5)
    /// After so many steps in a row without an answer the transition has failed.
    static let unansweredLimit = 3
    /// Starts of one container with other host ports each (2.9).
    static let portAttempts = 3

    public nonisolated let id: AppID
    /// The app's container; the name of an app never changes while the lane lives (P27).
    public nonisolated let container: String

    let ports: LanePorts
    let executor: StepExecutor
    let wakeSignal = WakeSignal()
    var situation: Situation
    var logins: [RegistryLogin] = []
    /// Ends the step in flight, if it is one that can be ended.
    var interruption: WakeSignal?
    var isForgotten = false
    /// What the lane is at, since when; nil before its first step.
    private(set) var work: (step: Step, since: Duration)?
    /// How many wishes were stored in this process.
    private(set) var generation: UInt64 = 0
    /// Why looking at the app failed, as it was said last.
    var lookFailure: Failure?
    /// The database did not take the state on record; it is offered again after the next look.
    var isUnrecorded = false
    /// Opened when a report that was asked for has gone to the outbox.
    var reportRequest: Gate?

    private let looked = Gate()
    private var isStopping = false
    private var turn = Turn()

    public init(_ app: StoredApp, ports: LanePorts) {
        id = app.installed.id
        container = AppNames(app.installed).container
        self.ports = ports
        executor = StepExecutor(ports: ports)
        situation = Situation(wanted: app.wanted, installed: app.installed, now: ports.time.monotonic)
    }

    /// Both rows as they are now.
    public var app: StoredApp { StoredApp(installed: situation.installed, wanted: situation.wanted) }

    /// Whether a transition is under way.
    public var isBusy: Bool { situation.transition != nil }

    /// Whether, as far as is known, nothing has to be done for the app.
    public var isSettled: Bool {
        situation.transition == nil && (situation.wanted.map { $0.target == situation.installed.state } ?? true)
    }

    /// The next step, as of now.
    func plan() -> Step {
        situation.now = ports.time.monotonic
        situation.image = situation.wanted.flatMap {
            ports.imageNames.reference(of: situation.installed, wanted: $0)
        }
        return Planner.nextStep(for: situation)
    }

    // MARK: - Life

    /// Works until the app is forgotten, the lane is stopped or the task is cancelled.
    public func run() async {
        while !isForgotten, !isStopping, !Task.isCancelled {
            let step = plan()
            work = (step, since: situation.now)
            await perform(step)
        }
        await looked.open()
    }

    /// Returns when the lane has compared its memory with the engine once, or cannot.
    public nonisolated func waitForFirstLook() async throws(CancellationError) { try await looked.wait() }

    /// Lets ``run()`` return after the step in flight; a download is ended.
    public func stop() async {
        isStopping = true
        await interruption?.wake()
        await wakeSignal.wake()
    }

    func reachedRest() async { await looked.open() }

    /// Time has passed or something has happened: what was seen is old.
    func distrustObservation() { situation.observation = nil }

    // MARK: - Wishes

    /// Stores what is wanted, then acts on it. It returns when it is stored; a step in flight that is not against the new
    /// target comes to its end first.
    /// - Returns: false if the app was forgotten meanwhile: the caller makes a new lane.
    public func request(
        _ newer: WantedApp, logins: [RegistryLogin] = [], origin: Origin = .call, cancelTransition: Bool = false
    ) async throws(StoreError) -> Bool {
        await takeTurn()
        defer { turn.pass() }
        guard !isForgotten else { return false }
        let wanted = situation.wanted?.replaced(by: newer) ?? newer
        try await ports.store.store(wanted, installed: situation.installed)
        adopt(wanted, logins: logins, origin: origin)
        let isAgainst = situation.transition?.contradicts(wanted.target) ?? false
        if isAgainst || cancelTransition { await interruption?.wake() }
        await wakeSignal.wake()
        return true
    }

    private func adopt(_ wanted: WantedApp, logins: [RegistryLogin], origin: Origin) {
        generation += 1
        let isNewTarget = situation.wanted?.target != wanted.target
        situation.wanted = wanted
        situation.isDiscarded = false
        situation.mustRefreshCredential = true
        situation.mustSyncPorts = true
        if !wanted.presentVersion.isEmpty { situation.installed.version = wanted.presentVersion }
        if wanted.requestorAccountKey != 0 { situation.installed.requestorAccountKey = wanted.requestorAccountKey }
        if !logins.isEmpty { self.logins = logins }
        if isNewTarget || origin == .call { situation.history = CrashHistory() }
        if origin == .call {
            situation.mustReport = true
            situation.noted = []
        }
    }

    /// The backend lists the app no longer: container and rows go.
    public func discard() async {
        situation.isDiscarded = true
        await interruption?.wake()
        await wakeSignal.wake()
    }

    // MARK: - News

    /// Something happened to the container, or nobody has looked for a while.
    public func look() async {
        situation.mustLook = true
        await wakeSignal.wake()
    }

    /// Looks and reports the state once more; an app in transition reports by itself (P25).
    public func lookAndReport() async {
        guard situation.transition == nil else { return }
        situation.mustReport = true
        situation.mustSyncPorts = true
        reportRequest = reportRequest ?? Gate()
        await look()
    }

    /// Returns when the report that was asked for last has gone to the outbox.
    public func waitUntilReported() async throws(CancellationError) { try await reportRequest?.wait() }

    /// The engine answers again.
    public func engineIsBack() async {
        situation.blockedUntil = nil
        await look()
    }

    // MARK: - The turn of those who write the wanted row

    func takeTurn() async {
        if turn.take() { return }
        await withCheckedContinuation { turn.queue($0) }
    }

    func passTurn() { turn.pass() }
}
