import DeviceProtocol
import StudioCore
import Testing
import Values

@Suite("What is wanted of an app")
struct DesiredAppTests {
    private static let device = Device(key: 3, swarmKey: 2, name: "kiosk", serialNumber: "S1", secret: "x")

    private static func app(
        target: AppState = .running, reported: AppState = .removed, image: String = "reg:5000/a/hello:1.2",
        restartPending: Bool = false
    ) -> DesiredApp {
        DesiredApp(
            deviceKey: 3, appKey: 6, name: "Hello", target: target, reported: reported, image: image,
            environment: ["B": "2", "A": "1"], restartPending: restartPending)
    }

    @Test("the payload has every key of the recorded request, and `image` beside them")
    func payloadKeys() {
        let keys = Set(Self.app().payload(for: Self.device).keys)
        let recorded: Set = [
            "app_key", "app_name", "stage", "target_state", "current_state", "manually_requested_state", "release_key",
            "new_release_key", "requestor_account_key", "device_owner_account_key", "device_key", "swarm_key",
            "serial_number", "device_to_app_key", "present_version", "newest_version", "version", "request_update",
            "environment", "environment_template", "ports", "app_cred_epoch",
        ]
        #expect(keys == recorded.union(["image"]))
    }

    @Test("environment values travel as objects with `value`")
    func environment() {
        #expect(
            Self.app().payload(for: Self.device)["environment"] == ["A": ["value": "1"], "B": ["value": "2"]])
    }

    @Test(
        "the version is the tag of the image",
        arguments: [
            ("hello", "latest"), ("hello:1", "1"), ("reg:5000/hello", "latest"), ("reg:5000/a/hello:2.0", "2.0"),
            ("hello@sha256:00", "latest"), ("", "latest"),
        ])
    func version(image: String, expected: String) {
        #expect(Self.app(image: image).version == expected)
    }

    @Test("while a restart is pending the device is told to stop")
    func restartTarget() {
        #expect(Self.app(restartPending: true).payload(for: Self.device)["target_state"] == "PRESENT")
        #expect(Self.app().payload(for: Self.device)["target_state"] == "RUNNING")
    }

    @Test("a stopped app is started again when its restart is pending")
    func restartOutcome() {
        let outcome = ReportOutcome.of(.present, for: Self.app(reported: .stopping, restartPending: true))
        #expect(outcome == .restart(Self.app(reported: .present)))
    }

    @Test(
        "PRESENT on the way of a start is no end: the device is asked once more",
        arguments: [AppState.starting, .downloading])
    func presentOfAStart(before: AppState) {
        let outcome = ReportOutcome.of(.present, for: Self.app(reported: before, restartPending: true))
        #expect(outcome == .askAgain(Self.app(reported: .present, restartPending: true)))
    }

    @Test(
        "a restart goes on when no container is left, however that came",
        arguments: [AppState.present, .removed, .uninstalled])
    func restartAfterRemoval(state: AppState) {
        let outcome = ReportOutcome.of(state, for: Self.app(reported: .running, restartPending: true))
        #expect(outcome == .restart(Self.app(reported: state)))
    }

    @Test("a restart waits while the app is still stopping", arguments: [AppState.stopping, .running, .failed])
    func restartWaits(state: AppState) {
        let outcome = ReportOutcome.of(state, for: Self.app(reported: .running, restartPending: true))
        #expect(outcome == .noted(Self.app(reported: state, restartPending: true)))
    }

    @Test("without a pending restart PRESENT is only noted")
    func presentIsNoted() {
        let outcome = ReportOutcome.of(.present, for: Self.app(reported: .downloading))
        #expect(outcome == .noted(Self.app(reported: .present)))
    }

    @Test(
        "an app is forgotten when, and only when, its removal was wished and is reported",
        arguments: [
            (AppState.removed, AppState.removed, true), (.uninstalled, .uninstalled, true),
            (.uninstalled, .removed, false), (.running, .removed, false), (.removed, .deleting, false),
        ])
    func gone(target: AppState, state: AppState, isGone: Bool) {
        #expect((ReportOutcome.of(state, for: Self.app(target: target)) == .gone) == isGone)
    }

    @Test("the log name is lower case", arguments: [("Hello", "prod_6_hello")])
    func logName(name: String, expected: String) {
        #expect(Self.app().logName == expected)
    }
}

@Suite("What an operator may ask for")
struct AppRequestFormTests {
    @Test(
        "the app's name is taken from the image",
        arguments: [("reg:5000/team/hello:1", "hello"), ("hello@sha256:1", "hello"), ("a/b+c", "b-c")])
    func derivedName(image: String, expected: String) throws {
        #expect(try AppRequestForm(image: image, name: nil, environment: [:]).name == expected)
    }

    @Test("names that could escape a directory are refused", arguments: ["", "..", "../x", "a/b", "-x", "a b"])
    func badNames(name: String) {
        #expect(throws: StudioError.self) { try AppRequestForm(image: "x", name: name, environment: [:]) }
    }

    @Test("references with blanks or a leading dash are refused", arguments: ["", "a b", "--privileged"])
    func badImages(image: String) {
        #expect(throws: StudioError.self) { try AppRequestForm(image: image, name: "x", environment: [:]) }
    }

    @Test("variable names cannot hold an equals sign or be empty", arguments: ["", "A=B"])
    func badVariables(name: String) {
        #expect(throws: StudioError.self) { try AppRequestForm(image: "x", name: "x", environment: [name: ""]) }
    }
}
