import AgentTestKit
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Logging
import Testing
import Values

@testable import AgentCore

/// The device's clock jumps a year in either direction: nothing that waits may notice.
@Suite("Jumps of the clock")
struct ClockJumpTests {
    private static let year: Duration = .seconds(365 * 86_400)

    private static func jump(_ device: ModelDevice, years: Int) {
        device.time.wall = device.time.wall.advanced(by: year * years)
    }

    @Test("the crash loop waits its monotonic pauses, neither at once nor a year", arguments: [1, -1])
    func crashLoop(years: Int) async throws {
        let device = ModelDevice(images: [ModelDevice.image()])
        device.engine.inject(EngineError(.refused, "cannot start"), on: .start, times: 2)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running), patience: .zero) == .waiting(.seconds(5)))
        Self.jump(device, years: years)
        #expect(await driver.settle(patience: .zero) == .waiting(.seconds(5)))
        let begin = device.time.monotonic
        #expect(await driver.settle() == .rest)
        // 5 s, then 20 s.
        #expect((.seconds(20) ... .seconds(60)).contains(device.time.monotonic - begin))
        #expect(device.store.reported.last == .running)
    }

    @Test("reports keep their order and are delivered once, whatever the stamps say", arguments: [1, -1])
    func outbox(years: Int) async throws {
        let device = ModelDevice()
        let app = StoredApp.sample(.running, target: .running).installed
        var sequences: [UInt64] = []
        for state in [AppState.starting, .running, .stopping, .present] {
            var next = app
            next.state = state
            let report = await device.outbox.report(of: next)
            sequences.append(report.sequence)
            _ = try await device.store.record(next, report: report)
            await device.outbox.publish(report)
            Self.jump(device, years: years)
        }
        #expect(sequences == sequences.sorted() && Set(sequences).count == 4)
        // While nobody listens only the latest is kept: the one made last, not the one with the latest stamp.
        #expect(device.store.pending.values.map(\.state) == [.present])
    }

    @Test("a held back report is tried again after its monotonic pause", arguments: [1, -1])
    func heldBack(years: Int) async throws {
        let device = ModelDevice()
        let backend = RecordingBackend { _ throws(BackendError) in throw BackendError(.timedOut, "no answer") }
        let app = StoredApp.sample(.running, target: .running).installed
        let report = await device.outbox.report(of: app)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await device.outbox.run() }
            await device.outbox.joined(backend)
            await device.outbox.publish(report)
            await device.time.waitForSleepers(count: 1)
            Self.jump(device, years: years)
            #expect(device.time.sleeperCount == 1, "the jump woke nobody")
            #expect(backend.calls.count == 1)
            backend.setAnswer(RecordingBackend.takeEverything)
            device.time.advance(by: .seconds(2))
            await backend.waitForStates(count: 2)
            group.cancelAll()
        }
        #expect(backend.states == [.running, .running])
    }
}
