import AgentTestKit
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("What the parts of the domain say of themselves")
struct PartDiagnosticsTests {
    private func collected(_ source: DiagnosticsSource) async -> Value {
        let collector = DiagnosticsCollector(sources: [source], time: ManualTime())
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await collector.run() }
            let object = await collector.snapshot()
            group.cancelAll()
            return object[source.name] ?? .null
        }
    }

    @Test("a lane tells wanted, state, step, generation, and when it tries again")
    func lane() async throws {
        let device = ModelDevice(images: [ModelDevice.image()])
        device.engine.place(.sample(.running))
        let registry = AppRegistry(ports: device.ports)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            device.engine.inject(EngineError(.refused, "not now"), on: .stop)
            device.engine.inject(EngineError(.refused, "not now"), on: .inspect, times: 100)
            try await registry.handle(.sample(.present))
            await device.time.waitForSleepers(count: 1)
            let lane = await collected(registry.diagnostics)["PROD_6"]
            #expect(lane?["name"] == "myapp")
            #expect(lane?["stage"] == "PROD")
            #expect(lane?["wanted"] == "PRESENT")
            #expect(lane?["step"] == "wait")
            #expect(lane?["generation"] == 1)
            #expect(lane?["retry_in_seconds"] == 5.0)
            await registry.stop()
            group.cancelAll()
        }
    }

    @Test("the outbox tells what waits, and what is held back after a failed call")
    func outbox() async throws {
        let device = ModelDevice()
        for key in [6, 7] as [UInt64] {
            let app = StoredApp.sample(.present, target: .running, key: key).installed
            await device.outbox.publish(device.outbox.report(of: app))
        }
        #expect(
            await device.outbox.diagnostics
                == ["open": false, "reports": 2, "apps": 2, "sending": 0, "held_back": 0, "waiters": 0])
        device.backend.setConnected(false)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await device.outbox.run() }
            await device.outbox.joined(device.backend)
            await device.time.waitForSleepers(count: 2)
            #expect(await device.outbox.diagnostics["held_back"] == 2)
            #expect(await device.outbox.diagnostics["open"] == true)
            group.cancelAll()
        }
    }

    @Test("a log name tells lines and bytes that it keeps and that wait; what gave way is counted for ever")
    func logs() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(Topics.log("a", serial: "S1"), [9])
        await bench.service.append("first", to: "a")
        await bench.service.sessionEstablished(audience)
        for _ in 0..<20 { await bench.service.append(String(repeating: "x", count: 100_000), to: "a") }
        let log = await collected(bench.service.diagnostics)["a"]
        #expect(log?["gate"] == true)
        #expect(log?["kept_lines"] == 10)
        #expect(log?["kept_bytes"] == 1_000_010)
        #expect(log?["waiting_lines"] == 10)
        #expect(log?["waiting_bytes"] == 1_000_010)
        #expect(log?["dropped_lines"] == 11)
        await bench.service.clearViewers(of: "a")
        #expect(await collected(bench.service.diagnostics)["a"]?["waiting_lines"] == 0)
        #expect(await collected(bench.service.diagnostics)["a"]?["dropped_lines"] == 11)
    }

    @Test("the watcher tells whether the engine answers, and when it is asked again")
    func engine() async throws {
        let device = ModelDevice()
        device.engine.setAvailable(false)
        let registry = AppRegistry(ports: device.ports)
        let watcher = EngineWatcher(
            feed: device.engine, registry: registry, time: device.time, logger: device.ports.logger)
        #expect(await watcher.diagnostics["available"] == .null)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watcher.run() }
            await device.time.waitForSleepers(count: 2)
            device.time.advance(by: .seconds(1))
            await device.time.waitForSleepers(count: 2)
            let engine = await watcher.diagnostics
            #expect(engine["available"] == false)
            #expect(engine["failures"] == 2)
            #expect(engine["retry_in_seconds"] == 2.0)
            group.cancelAll()
        }
    }

    @Test("every step has its own word")
    func words() {
        let steps: [Step] = [
            .rest, .wait(until: .zero), .observe, .refreshCredential, .reportAgain, .abandon, .begin(.run),
            .announce(.running), .report(.running), .complete(.running), .correct(.running), .fail(Failure("no")),
            .pull("i"), .create(image: "i", usesGPU: false), .start("c"), .follow("c"), .stop("c"),
            .removeContainer("c"), .removeImages, .deleteData, .forget(reporting: nil), .note(.compose),
        ]
        #expect(Set(steps.map(\.word)).count == steps.count)
        #expect(steps.allSatisfy { !$0.word.isEmpty })
    }
}
