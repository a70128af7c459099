public import AsyncSupport
public import DeviceProtocol
import Logging

/// All lanes of the device: who has which app, and the one door for requests (app-lifecycle.md 6.3, P31).
public actor AppRegistry {
    /// Pause between the reports of two apps, and between two starts (4.5, 6.1).
    static let stagger: Duration = .milliseconds(100)

    /// Open when every app known at boot was compared with the engine once, or the engine did not answer.
    public nonisolated let booted = Gate()

    private let ports: LanePorts
    private var lanes: [AppID: AppLane] = [:]
    /// Why the apps on record could not be read.
    private var unread: StoreError?
    private let newLanes: AsyncStream<AppLane>
    private let addLane: AsyncStream<AppLane>.Continuation

    public init(ports: LanePorts) {
        self.ports = ports
        (newLanes, addLane) = AsyncStream.makeStream()
    }

    // MARK: - Life

    /// Reads what an earlier process knew. To be called before ``run()``, and again while it throws: as long as the apps
    /// of the device are not known no request is taken, and ``isComplete`` is false.
    public func boot() async throws(StoreError) {
        do throws(StoreError) {
            for app in try await ports.store.loadApps() where lanes[app.installed.id] == nil { add(app) }
            unread = nil
        } catch {
            unread = error
            throw error
        }
    }

    /// What is on record cannot be read, and the caller will boot later.
    public func bootLater(because error: StoreError) { unread = error }

    /// Whether what is on record was read; an app that is not known may still be one of the device.
    public var isComplete: Bool { unread == nil }

    /// Runs all lanes, also those that are added later, until ``stop()`` or cancellation.
    public func run() async {
        let atBoot = Array(lanes.values)
        await withDiscardingTaskGroup { group in
            group.addTask {
                for lane in atBoot { try? await lane.waitForFirstLook() }
                await self.booted.open()
            }
            for await lane in newLanes {
                group.addTask {
                    await lane.run()
                    await self.remove(lane)
                }
            }
        }
    }

    /// Lets ``run()`` return when every lane has finished its step in flight; containers keep running.
    public func stop() async {
        addLane.finish()
        for lane in lanes.values { await lane.stop() }
    }

    // MARK: - Requests

    /// Takes a request of a caller: stores it, answers, and the app's lane acts on it.
    public func handle(_ request: AppRequest) async throws(RequestError) {
        try await take(request, origin: .call)
    }

    /// Takes the rows of the backend's list. DEV apps are never created or overwritten by it (6.4), and one bad row never
    /// stops the others (P29).
    /// - Throws: the first error of the database, after all rows: the list has to be asked for again.
    public func applyBulk(_ requests: [AppRequest]) async throws(RequestError) {
        var failure: RequestError?
        for request in requests where request.stage == .prod {
            do throws(RequestError) { try await take(request, origin: .sync) } catch {
                if error.code == .storage {
                    failure = failure ?? error
                    continue
                }
                ports.logger.warning(
                    "row of the backend's list not taken",
                    metadata: ["app": "\(request.stage.rawValue)_\(request.appKey)", "error": "\(error)"])
            }
        }
        if let failure { throw failure }
    }

    private func take(_ request: AppRequest, origin: AppLane.Origin) async throws(RequestError) {
        let wanted = WantedApp(request)
        guard wanted.id.key != 0, AppName.isSafe(wanted.name) else {
            throw RequestError(.invalid, "the request names no app that could be managed")
        }
        guard wanted.target.isStorable, wanted.target != .inherit else {
            throw RequestError(.invalid, "\(wanted.target.rawValue) is not a state that can be requested")
        }
        if let unread {
            throw RequestError(.storage, "the apps on record cannot be read, no request is taken: \(unread.message)")
        }
        while true {
            let lane = lane(for: wanted)
            do throws(StoreError) {
                let isTaken = try await lane.request(
                    wanted, logins: request.registryLogins, origin: origin,
                    cancelTransition: request.cancelTransition)
                if isTaken { return }
            } catch {
                throw RequestError(.storage, "the request could not be stored: \(error.message)")
            }
            // The lane has just forgotten its app; the request begins a new life of it.
            remove(lane)
        }
    }

    /// Forgets apps that the backend no longer lists: one idempotent routine for all paths (P51).
    public func forget(_ ids: [AppID]) async {
        for id in ids {
            ports.logger.notice("the backend no longer lists the app", metadata: ["app": "\(id)"])
            await lanes[id]?.discard()
        }
    }

    // MARK: - News

    /// Wakes the lane of a container: by our labels, else by its exact name (P12).
    public func wake(container: String, labels: [String: String]) async {
        if let id = AppLabels.app(in: labels) {
            guard labels[AppLabels.device] == ports.device.context.serialNumber else { return }
            await lanes[id]?.look()
        } else {
            await lanes.values.first { $0.container == container }?.look()
        }
    }

    /// Lets every lane look at its app.
    public func wakeAll() async {
        for lane in lanes.values { await lane.look() }
    }

    /// The engine answers again.
    public func engineIsBack() async {
        for lane in lanes.values { await lane.engineIsBack() }
    }

    // MARK: - After a connect

    /// Reports the true state of every app that is not in transition, one after the other (4.5, P25). Returns when the
    /// backend has the reports, or has not taken them within the time of a pause.
    public func reportStates(skipping covered: Set<AppID>) async throws(CancellationError) {
        var asked: [AppLane] = []
        for (id, lane) in lanes.sorted(by: { $0.key < $1.key }) where !covered.contains(id) {
            if !asked.isEmpty { try await pause() }
            await lane.lookAndReport()
            asked.append(lane)
        }
        guard !asked.isEmpty else { return }
        try? await withDeadline(Self.stagger, on: ports.time) { [asked, outbox = ports.outbox] in
            for lane in asked { try await lane.waitUntilReported() }
            _ = await outbox.deliverPending()
        }
        if Task.isCancelled { throw CancellationError() }
    }

    /// Lets the apps go on towards their targets, those that have work to do not all in the same moment (P62). Lanes do so
    /// by themselves; this is for what a lane may have missed.
    public func redrive() async throws(CancellationError) {
        var isFirst = true
        for lane in lanes.sorted(by: { $0.key < $1.key }).map(\.value) {
            if await !lane.isSettled {
                if !isFirst { try await pause() }
                isFirst = false
            }
            await lane.look()
        }
    }

    private func pause() async throws(CancellationError) {
        do { try await ports.time.sleep(for: Self.stagger * ports.spread()) } catch { throw CancellationError() }
    }

    // MARK: - Reading

    /// All apps, by key and stage.
    public var apps: [StoredApp] {
        get async {
            var apps: [StoredApp] = []
            for lane in lanes.sorted(by: { $0.key < $1.key }).map(\.value) { apps.append(await lane.app) }
            return apps
        }
    }

    /// One app; nil when it is not known.
    public func app(_ id: AppID) async -> StoredApp? { await lanes[id]?.app }

    /// Keys and stages of all apps.
    public var ids: Set<AppID> { Set(lanes.keys) }

    /// The container names of all apps.
    public var containers: Set<String> { Set(lanes.values.map(\.container)) }

    // MARK: - Lanes

    /// All lanes, by key and stage.
    var allLanes: [AppLane] { lanes.sorted { $0.key < $1.key }.map(\.value) }

    private func lane(for wanted: WantedApp) -> AppLane {
        lanes[wanted.id] ?? add(StoredApp(installed: InstalledApp(new: wanted), wanted: nil))
    }

    @discardableResult
    private func add(_ app: StoredApp) -> AppLane {
        let lane = AppLane(app, ports: ports)
        lanes[lane.id] = lane
        addLane.yield(lane)
        return lane
    }

    private func remove(_ lane: AppLane) {
        if lanes[lane.id] === lane { lanes[lane.id] = nil }
    }
}
