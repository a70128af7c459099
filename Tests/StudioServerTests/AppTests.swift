import DeviceProtocol
import StudioCore
import Testing
import Values

@testable import StudioServer

@Suite("What operators want of apps and what devices report")
struct AppTests {
    @Test("an app that is run is wanted, and its device is told at once")
    func run() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("reg:5000/hello:1", environment: ["B": "2"])
            let request = try #require(bench.outlet.requests.first)
            #expect(bench.outlet.requests.count == 1)
            #expect(request.device == "kiosk")
            #expect(request.payload["target_state"] == "RUNNING")
            #expect(request.payload["image"] == "reg:5000/hello:1")
            #expect(request.payload["environment"] == ["B": ["value": "2"]])
            #expect(
                try await bench.app() == [
                    "key": 1, "name": "hello", "state": "REMOVED", "target": "RUNNING", "image": "reg:5000/hello:1",
                    "log": "prod_1_hello",
                ])
        }
    }

    @Test("the rows of a device are its own wishes, each as the agent reads it, in the order of their keys")
    func rows() async throws {
        try await Bench.with { bench in
            try await bench.enrol("kiosk")
            try await bench.enrol("other")
            try await bench.run("b:1", environment: ["A": "1"])
            try await bench.run("a:2")
            try await bench.run("c:1", on: "other")
            let rows = try await bench.rows()
            let requests = try rows.map { try AppRequest(syncRow: $0) }
            #expect(requests.map(\.appName) == ["b", "a"])
            #expect(requests.map(\.image) == ["b:1", "a:2"])
            #expect(requests.map(\.target) == [.running, .running])
            #expect(requests[0].environment == ["A": ["value": "1"]])
            #expect(requests[1].version == "2")
            #expect(rows == bench.outlet.requests.filter { $0.device == "kiosk" }.map { .object($0.payload) })
        }
    }

    @Test("a device without wishes gets an empty list, not null (P1)")
    func noRows() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            #expect(try await bench.rows() == [])
        }
    }

    @Test("an app name has one key on all devices, and keeps it when the app is gone")
    func keys() async throws {
        try await Bench.with { bench in
            try await bench.enrol("kiosk")
            try await bench.enrol("other")
            try await bench.run("a:1")
            try await bench.run("hello:1")
            try await bench.run("hello:2", on: "other")
            #expect(try await bench.app("hello")?["key"] == 2)
            #expect(try await bench.app("hello", on: "other")?["key"] == 2)
            try await bench.aim("REMOVED")
            try await bench.report("REMOVED", app: 2)
            #expect(try await bench.app("hello") == nil)
            try await bench.run("hello:1")
            #expect(try await bench.app("hello")?["key"] == 2)
        }
    }

    @Test("a request with wrong arguments changes nothing")
    func badRequests() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let wrong: [Value] = [
                [:], ["device": "kiosk"], ["device": "kiosk", "image": ""], ["device": "kiosk", "image": "a b"],
                ["device": "kiosk", "image": "x", "name": "../x"], ["device": "kiosk", "image": "x", "name": 1],
                ["device": "kiosk", "image": "x", "environment": ["A": 1]],
                ["device": "kiosk", "image": "x", "environment": ["A=B": "1"]],
                ["device": "kiosk", "image": "x", "environment": ["A"]], ["device": 1, "image": "x"],
            ]
            for argument in wrong {
                #expect(
                    try await bench.error(OperatorProcedures.runApp, [argument], as: Bench.system)
                        == "studio.invalid_argument", "\(argument)")
            }
            #expect(try await bench.rows() == [])
            #expect(bench.outlet.requests == [])
        }
    }

    @Test("unknown devices and apps are named in the error")
    func unknown() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let run: Value = ["device": "nobody", "image": "x"]
            #expect(
                try await bench.error(OperatorProcedures.runApp, [run], as: Bench.system) == "studio.no_such_device")
            let stop: Value = ["device": "kiosk", "app": "nothing", "target": "PRESENT"]
            #expect(
                try await bench.error(OperatorProcedures.setTarget, [stop], as: Bench.system) == "studio.no_such_app")
        }
    }

    @Test("an app can be asked for four things only", arguments: ["DOWNLOADING", "BUILT", "", "running"])
    func badTarget(target: String) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello")
            let wish: Value = ["device": "kiosk", "app": "hello", "target": .string(target)]
            #expect(
                try await bench.error(OperatorProcedures.setTarget, [wish], as: Bench.system)
                    == "studio.invalid_argument")
            #expect(try await bench.app()?["target"] == "RUNNING")
        }
    }

    @Test("reports are shown and told to the watchers")
    func reports() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello")
            for state in ["STARTING", "DOWNLOADING", "PRESENT", "RUNNING"] { try await bench.report(state) }
            #expect(try await bench.app()?["state"] == "RUNNING")
            #expect(
                bench.outlet.changes
                    == [AppState.starting, .downloading, .present, .running].map {
                        .app(device: "kiosk", name: "hello", state: $0)
                    })
            #expect(bench.outlet.requests.count == 1, "reports as expected need no request")
        }
    }

    @Test("a report about an app that is not wanted, or of the other stage, changes nothing")
    func foreignReports() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.enrol("other")
            try await bench.run("hello")
            try await bench.report("RUNNING", app: 99)
            try await bench.report("RUNNING", device: 2)
            try await bench.report("RUNNING", stage: "DEV")
            #expect(try await bench.app()?["state"] == "REMOVED")
            #expect(try await bench.rows(device: 2) == [])
            #expect(bench.outlet.changes == [])
        }
    }

    @Test("the port form of the report is taken and changes nothing (app-lifecycle.md 2.10)")
    func portForm() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello")
            let report: Value = ["device_key": 1, "app_key": 1, "ports": []]
            #expect(try await bench.error(BackendProcedure.updateAppOnDevice, [report], as: .device(1)) == nil)
            #expect(try await bench.app()?["state"] == "REMOVED")
        }
    }

    @Test(
        "a report that cannot be understood is an error",
        arguments: [
            ["state": "FLYING", "app_key": 1, "stage": "PROD"], ["state": "RUNNING", "stage": "PROD"],
            ["state": "RUNNING", "app_key": 1], ["state": 1, "app_key": 1, "stage": "PROD"],
            ["state": "RUNNING", "app_key": "x", "stage": "PROD"],
        ] as [Object])
    func badReports(report: Object) async throws {
        var report = report
        report["device_key"] = 1
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello")
            #expect(
                try await bench.error(BackendProcedure.updateAppOnDevice, [.object(report)], as: .device(1))
                    == "studio.invalid_argument")
            #expect(try await bench.app()?["state"] == "REMOVED")
        }
    }

    // MARK: Restarting

    @Test("new settings of a running app: stop, then run with the new ones")
    func restart() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello:1")
            try await bench.report("RUNNING")
            try await bench.run("hello:2")
            #expect(bench.outlet.targets == ["RUNNING", "PRESENT"])
            #expect(try await bench.rows()[0]["target_state"] == "PRESENT", "a device that reconnects stops it too")
            #expect(try await bench.app()?["target"] == "RUNNING", "what the operator wants")
            try await bench.report("STOPPING")
            try await bench.report("STOPPING")
            #expect(bench.outlet.requests.count == 2)
            try await bench.report("PRESENT")
            #expect(bench.outlet.targets == ["RUNNING", "PRESENT", "RUNNING"])
            #expect(bench.outlet.requests.last?.payload["image"] == "hello:2")
            #expect(bench.outlet.requests.last?.payload["release_key"] == 2)
            try await bench.report("STARTING")
            try await bench.report("RUNNING")
            #expect(bench.outlet.requests.count == 3)
        }
    }

    @Test("new settings while the app is downloaded: its PRESENT on the way is no stop, the device is asked again")
    func restartWhileStarting() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello:1")
            try await bench.report("DOWNLOADING")
            try await bench.run("hello:2")
            try await bench.report("PRESENT")
            #expect(bench.outlet.targets == ["RUNNING", "PRESENT", "PRESENT"])
            try await bench.report("PRESENT")
            #expect(bench.outlet.targets.last == "RUNNING")
            #expect(bench.outlet.requests.last?.payload["image"] == "hello:2")
        }
    }

    @Test("the same settings again: the device is told, nothing is restarted")
    func same() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello:1", environment: ["A": "1"])
            try await bench.report("RUNNING")
            try await bench.run("hello:1", environment: ["A": "1"])
            #expect(bench.outlet.targets == ["RUNNING", "RUNNING"])
        }
    }

    @Test("a stop during a restart ends it: the app stays stopped")
    func stopDuringRestart() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello:1")
            try await bench.report("RUNNING")
            try await bench.run("hello:2")
            try await bench.aim("PRESENT")
            try await bench.report("PRESENT")
            #expect(bench.outlet.targets == ["RUNNING", "PRESENT", "PRESENT"])
            #expect(try await bench.app()?["state"] == "PRESENT")
        }
    }

    // MARK: Removing

    @Test(
        "an app is forgotten when it is gone as wished, not before",
        arguments: [("REMOVED", ["DELETING", "REMOVED"]), ("UNINSTALLED", ["DELETING", "REMOVED", "UNINSTALLED"])])
    func removal(target: String, reports: [String]) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello")
            try await bench.report("RUNNING")
            try await bench.aim(target)
            #expect(bench.outlet.targets.last == target)
            for state in reports.dropLast() {
                try await bench.report(state)
                #expect(try await bench.rows()[0]["target_state"] == .string(target))
            }
            try await bench.report(reports[reports.count - 1])
            #expect(try await bench.rows() == [])
            #expect(try await bench.app() == nil)
            try await bench.report(target)
            #expect(try await bench.app() == nil, "a late report does not bring it back")
        }
    }

    @Test("an app that is run again while it is being removed stays wanted")
    func runDuringRemoval() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello:1")
            try await bench.report("RUNNING")
            try await bench.aim("REMOVED")
            try await bench.report("DELETING")
            try await bench.run("hello:1")
            try await bench.report("REMOVED")
            #expect(try await bench.app()?["target"] == "RUNNING")
            #expect(try await bench.rows()[0]["target_state"] == "RUNNING")
        }
    }

    @Test("a device that is away is not lost: what was wanted waits in its rows")
    func away() async throws {
        try await Bench.with { bench in
            await bench.studio.use(nil)
            try await bench.enrol()
            try await bench.run("hello")
            #expect(bench.outlet.requests == [])
            #expect(try await bench.rows().count == 1)
        }
    }

    // MARK: Logs

    @Test("the stored lines of an app are the device's")
    func history() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello")
            bench.outlet.setHistory(["one", "two"], of: "prod_1_hello")
            let request: Value = ["device": "kiosk", "app": "hello"]
            let answer = try await bench.call(OperatorProcedures.logHistory, [request], as: Bench.commandLine)
            #expect(answer == [["one", "two"]])
        }
    }

    @Test("no lines, no app, no device, and a device that does not answer are four different answers")
    func historyFailures() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.run("hello")
            func error(_ device: Value, _ app: Value) async throws -> String? {
                try await bench.error(
                    OperatorProcedures.logHistory, [["device": device, "app": app]], as: Bench.commandLine)
            }
            #expect(try await error("kiosk", "hello") == nil)
            #expect(try await error("kiosk", "other") == "studio.no_such_app")
            #expect(try await error("nowhere", "hello") == "studio.no_such_device")
            #expect(try await error("kiosk", nil) == "studio.invalid_argument")
            bench.outlet.setHistory(nil, of: "prod_1_hello")
            #expect(try await error("kiosk", "hello") == "studio.unavailable")
            await bench.studio.use(nil)
            #expect(try await error("kiosk", "hello") == "studio.unavailable")
        }
    }
}
