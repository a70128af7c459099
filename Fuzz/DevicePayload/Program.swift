import AgentCore
import DeviceProtocol
import FuzzSupport
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What callers, the backend and the router's meta events send to a device. An input is one JSON value: a dictionary
/// of keywords, a row, or the list of positional results.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                guard let value = try? JSON.decode(bytes, binary: .wamp) else { return }
                let list = value.array ?? [value]
                request(value)
                lists(list)
                reports(value.object ?? [:])
            })
    }

    private static func request(_ value: Value) {
        if let request = try? AppRequest(keywords: value.object ?? [:]) { check(request) }
        if let request = try? AppRequest(syncRow: value) {
            check(request)
            expect((try? AppRequest(syncRow: .object(request.object))) != nil, "a row that was read cannot be sent")
        }
    }

    private static func check(_ request: AppRequest) {
        expect(request.appKey > 0, "an app without key")
        let name = request.appName
        expect(!name.isEmpty && name != "." && name != ".." && !name.contains("/"), "a name that leaves its directory")
        expect(!name.utf8.contains(0), "a name with NUL")
        let wanted = WantedApp(
            id: AppID(key: request.appKey, stage: request.stage), name: name, target: .running,
            environment: request.environment, environmentTemplate: request.environmentTemplate,
            credentialEpoch: request.credentialEpoch, instanceKey: request.instanceKey)
        let device = DeviceContext(
            serialNumber: "s", deviceKey: 3, swarmKey: 2, deviceName: "d", swarmName: "w", ownerName: "o",
            environment: "local", endpointURL: "ws://localhost:1/ws", platformURL: nil, credentialKey: "5f",
            secret: "x")
        guard let built = try? EnvironmentBuilder(device: device, lanAddress: nil).build(for: wanted) else { return }
        for variable in built.variables {
            expect(!variable.name.isEmpty && !variable.name.utf8.contains(0), "a variable that cannot be set")
            expect(!variable.name.contains("=") && !variable.value.utf8.contains(0), "a variable that is another one")
        }
    }

    private static func lists(_ list: [Value]) {
        var sync = BulkSync()
        let known: Set<AppID> = [AppID(key: 1, stage: .prod)]
        _ = sync.decide(results: list, known: known, now: .zero)
        let decision = sync.decide(results: list, known: known, now: .seconds(61))
        let forgets = !decision.forget.isEmpty
        expect(!forgets || decision.isTrusted && !decision.apply.isEmpty, "an app goes for a list that says nothing")
        _ = try? DeviceMetadata(results: list)
        _ = StatusReply(results: list)
        _ = try? PrivilegeQuestion.answer(list)
        _ = SubscriptionEvent(created: list)
        _ = SubscriptionEvent.deletedID(list)
    }

    private static func reports(_ object: Object) {
        if let report = try? AppStateReport(object) {
            expect((try? AppStateReport(report.object)) == report, "a report changed")
        }
        if let report = try? DeviceStatusReport(object) {
            expect((try? DeviceStatusReport(report.object)) == report, "a status changed")
        }
        if let question = try? PrivilegeQuestion(object) {
            expect((try? PrivilegeQuestion(question.object)) == question, "a question changed")
        }
    }
}
