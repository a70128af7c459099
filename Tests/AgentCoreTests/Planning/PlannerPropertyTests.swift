import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing

@testable import AgentCore

/// What must hold for every start, every request and every crash, tried with seeded chance.
@Suite("Planner properties")
struct PlannerPropertyTests {
    private static let image = ModelDevice.image()
    private static let id = AppID(key: 6, stage: .prod)
    private static let targets: [AppState] = [.present, .running, .removed, .uninstalled]
    private static let log = "prod_6_myapp"
    /// What a row can hold and a device can have.
    private static let states = AppState.allCases.filter { $0.isStorable && $0 != .inherit }

    @Test("equal situations give equal steps, and no step starts an app that is to be stopped")
    func pureAndObedient() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<20_000 {
            let situation = Self.situation(&random)
            let step = Planner.nextStep(for: situation)
            #expect(step == Planner.nextStep(for: situation))
            guard situation.wanted?.target != .running else { continue }
            switch step {
            case .start, .create, .announce(.starting), .begin(.run), .begin(.recoverToRunning), .complete(.running):
                Issue.record("\(step) in \(situation)")
            default: break
            }
        }
    }

    @Test("data is deleted only while UNINSTALLED is wanted, rows only while the app is to go")
    func destroysOnlyOnRequest() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<20_000 {
            let situation = Self.situation(&random)
            let target = situation.wanted?.target
            switch Planner.nextStep(for: situation) {
            case .deleteData: #expect(target == .uninstalled)
            case .forget: #expect(target == .uninstalled || target == .removed || situation.isDiscarded)
            case .removeImages: #expect(situation.transition?.action != .stop)
            default: break
            }
        }
    }

    @Test("from every state of rows and engine the target is reached within 60 steps, and is then at rest")
    func fixedPoint() async throws {
        var random = SeededRandom(seed: 3)
        for run in 0..<1500 {
            let device = Self.device(&random)
            let target = Self.targets.any(&random)
            var driver = LaneDriver(device, .sample(Self.states.any(&random), target: target))
            let end = await driver.settle(patience: .seconds(3600), limit: 60)
            await Self.expectReached(target, driver, end, "run \(run)")
            guard end == .rest else { continue }
            await driver.lane.look()
            await driver.lane.distrustObservation()
            let before = device.engine.changes.count
            #expect(await driver.settle() == .rest)
            #expect(device.engine.changes.count == before, "run \(run) is not at rest")
        }
    }

    @Test("a crash between any two steps, even a second one, leads to the same end")
    func crashes() async throws {
        var random = SeededRandom(seed: 4)
        for run in 0..<1500 {
            let device = Self.device(&random)
            let target = Self.targets.any(&random)
            let first = StoredApp.sample(Self.states.any(&random), target: target)
            _ = try await device.ports.store.store(WantedApp(.sample(target)), installed: first.installed)
            var driver = LaneDriver(device, first)
            var end = LaneDriver.End.exhausted
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                for _ in 0..<Int.random(in: 0...14, using: &random) {
                    if let reached = await driver.step(patience: .seconds(3600)) {
                        end = reached
                        break
                    }
                }
                guard driver.crash() else { break }
            }
            if device.store.apps[Self.id] == nil {
                end = .forgotten
            } else {
                end = await driver.settle(patience: .seconds(3600), limit: 80)
            }
            await Self.expectReached(target, driver, end, "run \(run)")
        }
    }

    @Test("targets that change between any two steps: the last one is reached")
    func changingTargets() async throws {
        var random = SeededRandom(seed: 5)
        for run in 0..<1000 {
            let device = Self.device(&random)
            var target = Self.targets.any(&random)
            var driver = LaneDriver(device, .sample(Self.states.any(&random), target: target))
            for _ in 0..<3 {
                for _ in 0..<Int.random(in: 0...8, using: &random) {
                    if await driver.step(patience: .seconds(3600)) != nil { break }
                }
                let next = Self.targets.any(&random)
                guard try await driver.lane.request(WantedApp(.sample(next))) else { break }
                target = next
            }
            let end = await driver.settle(patience: .seconds(3600), limit: 80)
            await Self.expectReached(target, driver, end, "run \(run)")
        }
    }

    // MARK: - Parts

    private static func expectReached(
        _ target: AppState, _ driver: LaneDriver, _ end: LaneDriver.End, _ run: String
    ) async {
        let engine = driver.device.engine
        let status = engine.containers[log]?.status
        switch target {
        case .removed, .uninstalled:
            #expect(end == .forgotten, "\(run): \(driver.steps)")
            #expect(status == nil && driver.device.store.apps.isEmpty, "\(run)")
        case .running:
            #expect(end == .rest, "\(run): \(driver.steps)")
            #expect(status == .running || status == .paused, "\(run): \(driver.steps)")
        default:
            #expect(end == .rest, "\(run): \(driver.steps)")
            #expect(status != .running, "\(run): \(driver.steps)")
            let state = await driver.state
            #expect([.present, .built, .published].contains(state), "\(run): \(state) \(driver.steps)")
        }
    }

    private static func device(_ random: inout SeededRandom) -> ModelDevice {
        let device = ModelDevice(images: Bool.random(using: &random) ? [image] : [], registry: [image])
        let statuses: [ContainerSnapshot.Status?] = [nil, .created, .running, .paused, .exited, .dead]
        if let status = statuses.any(&random) { device.engine.place(.sample(status, exitCode: 1)) }
        return device
    }

    private static func situation(_ random: inout SeededRandom) -> Situation {
        let app = StoredApp.sample(states.any(&random), target: targets.any(&random))
        var situation = Situation(wanted: app.wanted, installed: app.installed, now: .seconds(1000))
        situation.image = image
        situation.isUnverified = Bool.random(using: &random)
        situation.mustReport = Bool.random(using: &random)
        situation.mustLook = Bool.random(using: &random)
        situation.isDiscarded = Int.random(in: 0..<10, using: &random) == 0
        if Bool.random(using: &random) {
            let statuses: [ContainerSnapshot.Status?] = [
                nil, .created, .running, .paused, .restarting, .removing, .exited, .dead,
            ]
            let container = statuses.any(&random).map { ContainerSnapshot.sample($0, exitCode: 1) }
            situation.observation = Observation(
                container: container, isNameTaken: container == nil && Bool.random(using: &random),
                hasImage: Bool.random(using: &random))
        }
        if Bool.random(using: &random) {
            var transition = Transition(TransitionAction.allCases.any(&random))
            transition.announcements = Int.random(in: 0...2, using: &random)
            if Bool.random(using: &random) { transition.container = "old" }
            if Bool.random(using: &random) {
                transition.startedAt = .seconds(Int.random(in: 900...1000, using: &random))
            }
            transition.hasPulled = Bool.random(using: &random)
            transition.hasRemovedImages = Bool.random(using: &random)
            if Int.random(in: 0..<5, using: &random) == 0 { transition.failure = Failure("no") }
            situation.transition = transition
        }
        return situation
    }
}
