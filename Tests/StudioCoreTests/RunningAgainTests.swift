import DeviceProtocol
import StudioCore
import Testing

@Suite("An app is run again")
struct RunningAgainTests {
    private static func app(reported: AppState, target: AppState = .running, restartPending: Bool = false) -> DesiredApp
    {
        DesiredApp(
            deviceKey: 3, appKey: 6, name: "hello", target: target, reported: reported, image: "hello:1",
            environment: ["A": "1"], releaseKey: 4, restartPending: restartPending)
    }

    private static func form(image: String = "hello:1", environment: [String: String] = ["A": "1"]) throws
        -> AppRequestForm
    {
        try AppRequestForm(image: image, name: "hello", environment: environment)
    }

    @Test("with the same settings nothing is restarted")
    func same() throws {
        let again = try Self.app(reported: .running).running(Self.form())
        #expect(again == Self.app(reported: .running))
    }

    @Test(
        "changed settings restart it wherever a container may be",
        arguments: [
            AppState.running, .starting, .stopping, .failed, .downloading, .deleting, .updating,
        ])
    func changed(reported: AppState) throws {
        let again = try Self.app(reported: reported).running(Self.form(environment: ["A": "2"]))
        #expect(again.restartPending)
        #expect(again.environment == ["A": "2"])
        #expect(again.targetOnTheWire == .present)
        #expect(again.target == .running)
    }

    @Test("without a container the new settings just apply", arguments: [AppState.present, .removed, .uninstalled])
    func withoutContainer(reported: AppState) throws {
        let again = try Self.app(reported: reported).running(Self.form(image: "hello:2"))
        #expect(!again.restartPending)
        #expect(again.targetOnTheWire == .running)
    }

    @Test("a new image is a new release, new variables are not")
    func release() throws {
        #expect(try Self.app(reported: .removed).running(Self.form(image: "hello:2")).releaseKey == 5)
        #expect(try Self.app(reported: .removed).running(Self.form(environment: [:])).releaseKey == 4)
    }

    @Test("an app that was to be removed is wanted again", arguments: [AppState.removed, .uninstalled])
    func removedOne(target: AppState) throws {
        let again = try Self.app(reported: .deleting, target: target).running(Self.form())
        #expect(again.target == .running)
    }

    @Test("a restart under way is not forgotten when the same is asked again")
    func pending() throws {
        #expect(try Self.app(reported: .stopping, restartPending: true).running(Self.form()).restartPending)
    }

    @Test("another target replaces a restart under way", arguments: [AppState.present, .removed, .uninstalled])
    func aiming(target: AppState) {
        let app = Self.app(reported: .stopping, restartPending: true).aiming(at: target)
        #expect(app == Self.app(reported: .stopping, target: target))
        #expect(app.targetOnTheWire == target)
    }
}
