import AgentCore
import AgentTestKit
import DeviceProtocol
import Testing
import Values

@Suite("Bulk sync")
struct BulkSyncTests {
    private static let app6 = AppID(key: 6, stage: .prod)
    private static let app7 = AppID(key: 7, stage: .prod)

    private static func row(_ key: UInt64) -> Value { .object(AppRequest.sample(.running, key: key).object) }

    @Test("T61: the list is null, malformed, missing or empty: nothing is deleted, however often (P1)")
    func unknownLists() {
        let answers: [[Value]?] = [nil, [], [nil], ["text"], [["app_key": 6]], [[]]]
        for answer in answers {
            var sync = BulkSync()
            for minute in 0..<5 {
                let decision = sync.decide(results: answer, known: [Self.app6], now: .seconds(60 * minute))
                #expect(decision.forget.isEmpty && decision.apply.isEmpty && !decision.isTrusted)
            }
        }
    }

    @Test("one bad row stops no other one, and nothing is deleted that time (P29, P1)")
    func badRow() {
        var sync = BulkSync()
        for minute in 0..<3 {
            let rows: Value = [["app_key": "x"], Self.row(7)]
            let decision = sync.decide(results: [rows], known: [Self.app6], now: .seconds(60 * minute))
            #expect(decision.apply.map(\.appKey) == [7])
            #expect(decision.problems.count == 1)
            #expect(decision.forget.isEmpty && !decision.isTrusted)
        }
    }

    @Test("an app goes when two good lists at least 60 s apart do not name it")
    func missingTwice() {
        var sync = BulkSync()
        let list: [Value] = [[Self.row(7)]]
        let known: Set = [Self.app6, Self.app7]
        #expect(sync.decide(results: list, known: known, now: .seconds(0)).forget.isEmpty)
        #expect(sync.decide(results: list, known: known, now: .seconds(59)).forget.isEmpty)
        #expect(sync.decide(results: list, known: known, now: .seconds(60)).forget == [Self.app6])
    }

    @Test("an app that was listed in between begins its grace period anew")
    func listedBetween() {
        var sync = BulkSync()
        let without: [Value] = [[Self.row(7)]]
        let with: [Value] = [[Self.row(6), Self.row(7)]]
        let known: Set = [Self.app6, Self.app7]
        #expect(sync.decide(results: without, known: known, now: .seconds(0)).forget.isEmpty)
        #expect(sync.decide(results: with, known: known, now: .seconds(30)).isTrusted)
        #expect(sync.decide(results: without, known: known, now: .seconds(61)).forget.isEmpty)
        #expect(sync.decide(results: without, known: known, now: .seconds(121)).forget == [Self.app6])
    }

    @Test("the same key in the other stage is another app")
    func stages() {
        var sync = BulkSync()
        let development = AppID(key: 7, stage: .dev)
        let list: [Value] = [[Self.row(7)]]
        _ = sync.decide(results: list, known: [Self.app7, development], now: .seconds(0))
        let decision = sync.decide(results: list, known: [Self.app7, development], now: .seconds(60))
        #expect(decision.forget == [development])
    }
}

@Suite("Orphan sweep")
struct OrphanSweepTests {
    private static let known: Set = [AppID(key: 6, stage: .prod)]

    @Test("T63: a foreign container called backup_2_db is untouched, and so is every unlabelled one (P3)")
    func foreign() {
        let containers = ["backup_2_db", "prod_9_gone", "prod_6_myapp"].map {
            ContainerSnapshot(id: $0, name: $0, status: .running, labels: ["real": "True"])
        }
        #expect(OrphanSweep.orphans(among: containers, known: Self.known, serial: "S1", hasSynced: true).isEmpty)
    }

    @Test("T64: before a successful sync nothing is swept, also with an empty database (P4)")
    func beforeSync() {
        let containers = [ContainerSnapshot.sample(.running, key: 9, name: "gone")]
        #expect(OrphanSweep.orphans(among: containers, known: [], serial: "S1", hasSynced: false).isEmpty)
        #expect(OrphanSweep.orphans(among: containers, known: [], serial: "", hasSynced: true).isEmpty)
    }

    @Test("T56: of labelled containers only this device's without a row go")
    func own() {
        let containers = [
            ContainerSnapshot.sample(.running, id: "known"),
            ContainerSnapshot.sample(.exited, id: "gone", key: 9, name: "gone"),
            ContainerSnapshot.sample(.running, id: "other device", key: 9, name: "gone", serial: "S2"),
        ]
        #expect(OrphanSweep.orphans(among: containers, known: Self.known, serial: "S1", hasSynced: true) == ["gone"])
    }

    @Test("half a set of labels is nobody's container")
    func brokenLabels() {
        var container = ContainerSnapshot.sample(.running, key: 9, name: "gone")
        container.labels["io.reagent.stage"] = "STAGING"
        #expect(OrphanSweep.orphans(among: [container], known: [], serial: "S1", hasSynced: true).isEmpty)
    }
}
