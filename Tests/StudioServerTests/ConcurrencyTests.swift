import DeviceProtocol
import StudioCore
import Synchronization
import Testing
import Values

@testable import StudioServer

@Suite("Many callers at once")
struct ConcurrencyTests {
    @Test("a hundred runs and a hundred reports at once lose nothing")
    func runsAndReports() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            for number in 1...100 { try await bench.run("app\(number):1") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...100 {
                    group.addTask { try await bench.report("STARTING", app: UInt64(number)) }
                    group.addTask { try await bench.run("app\(number):1", environment: ["N": .string("\(number)")]) }
                }
                try await group.waitForAll()
            }
            let found = try await bench.call(OperatorProcedures.listApps, [["device": "kiosk"]], as: Bench.system)[0]
            let apps = try #require(found["apps"]?.array)
            #expect(apps.count == 100)
            #expect(apps.allSatisfy { $0["state"] == "STARTING" }, "no run undid a report")
            for row in try await bench.rows() {
                let number = try #require(row["app_name"]?.string?.dropFirst(3))
                #expect(row["environment"] == ["N": ["value": .string(String(number))]], "no report undid a run")
            }
        }
    }

    @Test("statuses, architectures and testaments of one device at once do not undo each other")
    func oneDevice() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...50 {
                    group.addTask { try await bench.status("CONNECTED", session: 7) }
                    group.addTask {
                        let report: Value = ["device_key": 1, "architecture": "amd64", "os": "x", "agent_version": "1"]
                        try await bench.call(BackendProcedure.updateDeviceArchitecture, [report], as: .device(1))
                    }
                    group.addTask {
                        let will: Value = ["device_key": 1, "wamp_session_id": .integer(UInt64(100 + number))]
                        try await bench.testament([will], as: .device(1))
                    }
                }
                try await group.waitForAll()
            }
            let device = try await bench.device()
            #expect(device["connected"] == true)
            #expect(device["architecture"] == "amd64")
        }
    }

    @Test("a hundred enrolments at once give a hundred keys, serial numbers and secrets")
    func enrolments() async throws {
        try await Bench.with { bench in
            let identities = try await withThrowingTaskGroup(of: Value.self) { group in
                for number in 1...100 { group.addTask { try await bench.enrol("d\(number)") } }
                return try await group.reduce(into: [Value]()) { $0.append($1) }
            }
            for key in ["device_key", "serial_number", "secret"] {
                #expect(Set(identities.compactMap { $0[key] }).count == 100)
            }
        }
    }

    @Test("of the same name, enrolled at once, one is made")
    func sameName() async throws {
        try await Bench.with { bench in
            let errors = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await bench.error(OperatorProcedures.addDevice, [["name": "kiosk"]], as: Bench.system)
                    }
                }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(errors.count { $0 == nil } == 1)
            #expect(errors.count { $0 == "studio.already_exists" } == 19)
        }
    }

    @Test("the device is sent one wish per app at a time, and the newest is the last")
    func newestLast() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let outlet = SlowOutlet()
            await bench.studio.use(outlet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...50 { group.addTask { try await bench.run("hello:\(number)", name: "hello") } }
                try await group.waitForAll()
            }
            let sent = outlet.images
            #expect(outlet.mostAtOnce == 1)
            #expect(try await bench.rows()[0]["image"]?.string == sent.last)
        }
    }
}

/// Takes its time with each request and notices how many come at once.
private final class SlowOutlet: Studio.Outlet {
    private struct Memory {
        var images: [String] = []
        var now = 0
        var most = 0
    }

    private let memory = Mutex(Memory())

    var images: [String] { memory.withLock { $0.images } }
    var mostAtOnce: Int { memory.withLock { $0.most } }

    func request(_ payload: Object, of device: Device) async {
        memory.withLock { memory in
            memory.now += 1
            memory.most = max(memory.most, memory.now)
        }
        for _ in 0..<200 { await Task.yield() }
        memory.withLock { memory in
            memory.now -= 1
            memory.images.append(payload["image"]?.string ?? "")
        }
    }

    func announce(_ change: Studio.Change) async {}

    func logHistory(_ log: String, of device: Device) async throws(StudioError) -> [String] { [] }

    func isPresent(_ device: Device) async -> Bool? { nil }
}
