import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("Running an app")
struct RunTests {
    private static let image = ModelDevice.image()
    private static let log = "prod_6_myapp"

    @Test("T17: a matching container exists: it is not re-created")
    func reuse() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.created))
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.engine.changes == [.init(.start, "old")])
        #expect(device.store.reported == [.starting, .running])
    }

    @Test("a created container of another image is made anew")
    func otherImage() async throws {
        let device = ModelDevice(images: [Self.image])
        var old = ContainerSnapshot.sample(.created)
        old.image = ModelDevice.image(version: "0.9.0")
        device.engine.place(old)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.engine.changes.map(\.operation) == [.remove, .create, .start])
    }

    @Test("T18: create fails: ends from STARTING with an error, RUNNING is never reported")
    func createFails() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.inject(EngineError(.refused, "no space for names"), on: .create)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.reported == [.starting, .failed])
        #expect(device.logs.lines(of: Self.log).contains { $0.contains("no space for names") })
    }

    @Test("T19: start fails with a GPU text, then again: one remove, one re-create, one restart, then the second error")
    func gpuTwice() async throws {
        let device = ModelDevice(images: [Self.image])
        device.host.setGPU(true)
        device.engine.inject(EngineError(.gpuUnavailable, "nvidia: first"), on: .start)
        device.engine.inject(EngineError(.gpuUnavailable, "nvidia: second"), on: .start)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.engine.changes.map(\.operation) == [.create, .start, .remove, .create, .start])
        #expect(device.engine.specifications.map(\.usesGPU) == [true, false])
        #expect(device.store.reported == [.starting, .failed])
        #expect(device.logs.lines(of: Self.log).contains { $0.contains("nvidia: second") })
    }

    @Test("create fails with a GPU text: once more without it, and the app runs (3.4)")
    func gpuAtCreate() async throws {
        let device = ModelDevice(images: [Self.image])
        device.host.setGPU(true)
        device.engine.inject(EngineError(.gpuUnavailable, "nvidia: unknown runtime"), on: .create)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.engine.specifications.map(\.usesGPU) == [false])
        #expect(device.store.reported == [.starting, .running])
    }

    @Test("T20: the container exits while waiting: its log is followed for its last words, then the error")
    func exitsAtOnce() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.setExitCode(3, of: Self.log)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.reported == [.starting, .failed])
        #expect(device.logs.followed == [Self.log])
        #expect(
            device.logs.lines(of: Self.log).suffix(2) == [
                "myapp (PROD) exited with status code: 3", "Entered a crashloop (1st attempt), retrying in 5s",
            ])
    }

    @Test("a container that never runs is given up after 30 s (2.9)")
    func neverRuns() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        _ = try await driver.lane.request(WantedApp(.sample(.running)))
        while await driver.step() == nil, driver.steps.last != .start("c1") {}
        device.engine.setStatus(.restarting, of: Self.log)
        let begin = device.time.monotonic
        #expect(await driver.settle(patience: .seconds(1)) == .waiting(.seconds(5)))
        #expect(device.time.monotonic - begin == .seconds(30))
        #expect(device.store.reported == [.starting, .failed])
    }

    @Test(
        "T71: an environment whose value is no object, or that is no dictionary: FAILED, nothing was created, and other requests still work (P15)",
        arguments: [(["GREETING": "hello"], "GREETING"), ("GREETING=hello", "not a dictionary")] as [(Value, String)])
    func badEnvironment(_ environment: Value, _ sentence: String) async throws {
        let device = ModelDevice(images: [Self.image])
        var request = AppRequest.sample(.running)
        request.environment = environment
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(request, patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.reported == [.starting, .failed])
        #expect(device.logs.lines(of: Self.log).contains { $0.contains(sentence) })
        #expect(device.engine.specifications.isEmpty)
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.store.reported.last == .running)
    }

    @Test("the container gets every variable of up to 20480 bytes, the files get all (3.1)")
    func longVariables() async throws {
        let fits = EnvironmentVariable("A", String(repeating: "x", count: 20_478))
        let tooLong = EnvironmentVariable("B", String(repeating: "x", count: 20_479))
        let device = ModelDevice(images: [Self.image], environment: ModelEnvironment(extra: [fits, tooLong]))
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        try await driver.request(.sample(.running))
        let specification = try #require(device.engine.specifications.first)
        #expect(specification.environment == ["APP_NAME=myapp", "A=\(fits.value)"])
        let written = device.files.environments[AppID(key: 6, stage: .prod)]
        #expect(written == [EnvironmentVariable("APP_NAME", "myapp"), fits, tooLong])
    }

    @Test("the container has its name, labels and mounts; optional mounts only where the host has them (3.4)")
    func specification() async throws {
        let device = ModelDevice(images: [ModelDevice.image(name: "myapp")])
        device.host.setDirectories(["/sys/bus/w1/devices"])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present, name: "MyApp"))
        try await driver.request(.sample(.running, name: "MyApp"))
        let specification = try #require(device.engine.specifications.first)
        #expect(specification.name == "prod_6_myapp")
        #expect(specification.image == "registry.example/main/prod_amd64_6_myapp:1.0.0")
        #expect(
            specification.labels == [
                "real": "True", "io.reagent.device": "S1", "io.reagent.app": "6", "io.reagent.stage": "PROD",
                "io.reagent.name": "MyApp",
            ])
        #expect(specification.mounts.map(\.target) == ["/shared", "/data", "/sys/bus/w1/devices"])
        #expect(specification.mounts.map(\.source) == ["/apps/shared", "/apps/prod/myapp", "/sys/bus/w1/devices"])
        #expect(!specification.isInteractive && !specification.usesGPU)
    }

    @Test("a container that is not ours and has our name is never touched (P3, P48)")
    func foreignContainer() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.running, id: "foreign", serial: "another device"))
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.reported == [.starting, .failed])
        #expect(try await driver.request(.sample(.uninstalled)) == .forgotten)
        #expect(device.engine.containers["prod_6_myapp"]?.id == "foreign")
        #expect(device.engine.changes.filter { $0.subject == "foreign" }.isEmpty)
    }

    @Test("a container without labels that the row names exactly is adopted (in-place upgrade)")
    func legacyContainer() async throws {
        let device = ModelDevice(images: [Self.image])
        var old = ContainerSnapshot.sample(.running)
        old.labels = ["real": "True"]
        device.engine.place(old)
        var driver = LaneDriver(device, .sample(.running, target: .running))
        #expect(await driver.settle() == .rest)
        #expect(await driver.state == .running)
        #expect(device.engine.changes.isEmpty)
        #expect(device.logs.followed == ["prod_6_myapp"])
    }
}
