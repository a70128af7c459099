import AgentTestKit
import AsyncSupport
import AsyncTestKit
import DeviceProtocol

@testable import AgentCore

/// Drives one lane step by step, so that a test can stop between any two and takes no real time.
struct LaneDriver {
    enum End: Equatable {
        case rest
        /// The lane waits longer than the test does.
        case waiting(Duration)
        case forgotten
        case exhausted
    }

    let device: ModelDevice
    private(set) var lane: AppLane
    /// Every step done.
    private(set) var steps: [Step] = []

    init(_ device: ModelDevice, _ app: StoredApp) {
        self.device = device
        lane = AppLane(app, ports: device.ports)
    }

    /// Of an app that the device does not know yet.
    init(_ device: ModelDevice, new request: AppRequest) {
        self.init(device, StoredApp(installed: InstalledApp(new: WantedApp(request)), wanted: nil))
    }

    /// Of a known app that was compared with the engine already, so that its state is taken for true.
    static func verified(_ device: ModelDevice, _ app: StoredApp) async -> LaneDriver {
        let driver = LaneDriver(device, app)
        await driver.lane.trustMemory()
        return driver
    }

    /// Does one step; waiting moves the time. Nil when the lane rests, waits longer than `patience` or is at its end.
    mutating func step(patience: Duration = .seconds(31)) async -> End? {
        if await lane.isForgotten { return .forgotten }
        let step = await lane.plan()
        switch step {
        case .rest:
            return .rest
        case .wait(let time):
            let delay = time - device.time.monotonic
            guard delay <= patience else { return .waiting(delay) }
            device.time.advance(by: delay)
            await lane.distrustObservation()
        default:
            await lane.perform(step)
        }
        steps.append(step)
        return nil
    }

    /// Steps until there is nothing to do.
    @discardableResult
    mutating func settle(patience: Duration = .seconds(31), limit: Int = 200) async -> End {
        for _ in 0..<limit {
            if let end = await step(patience: patience) { return end }
        }
        return .exhausted
    }

    /// A request, then everything that follows from it.
    @discardableResult
    mutating func request(_ request: AppRequest, patience: Duration = .seconds(31)) async throws -> End {
        _ = try await lane.request(WantedApp(request), logins: request.registryLogins)
        return await settle(patience: patience)
    }

    /// The process dies and comes back: only what is stored is left.
    mutating func crash() -> Bool {
        guard let app = device.store.apps[lane.id] else { return false }
        lane = AppLane(app, ports: device.ports)
        return true
    }

    var state: AppState {
        get async { await lane.app.installed.state }
    }
}

extension AppLane {
    /// As after the first look.
    func trustMemory() { situation.isUnverified = false }

    var log: [Limitation] { situation.noted.sorted { $0.rawValue < $1.rawValue } }
}
