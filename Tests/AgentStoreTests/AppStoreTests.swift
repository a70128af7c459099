import AgentCore
import AgentStore
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@Suite("App tables")
struct AppStoreTests {
    private let fixture = StoreFixture()

    @Test("what was stored comes back after a restart")
    func roundTrip() async throws {
        var wanted = WantedApp.sample()
        wanted.dockerCompose = ["services": ["web": ["image": "a<b>&c"]]]
        wanted.credentialEpoch = 4
        wanted.instanceKey = 99
        wanted.image = "registry.example/app:1"
        wanted.privileges = ContainerPrivileges(capabilities: ["NET_ADMIN"], devices: ["/dev/ttyS0"])
        try await fixture.withStore { try await $0.store(wanted, installed: .sample()) }
        try await fixture.withStore { store async throws in
            #expect(try await store.loadApps() == [StoredApp(installed: .sample(), wanted: wanted)])
        }
    }

    @Test("privileges that cannot be read do not become all: the row is left alone (P36)")
    func unreadablePrivileges() async throws {
        try await fixture.withStore { try await $0.store(.sample(), installed: .sample()) }
        _ = try fixture.rows(#"UPDATE RequestedAppStates SET privileges = '{"capabilities":"ALL"}'"#)
        try await fixture.withStore { store async throws in
            let apps = try await store.loadApps()
            #expect(apps.allSatisfy { $0.wanted == nil })
            #expect(try await store.unreadableRows().count == 1)
        }
    }

    @Test("T54: owner key stored 711, then 0, then 999: kept, then replaced; the same state twice is a no-op")
    func ownerKeyAndNoOp() async throws {
        try await fixture.withStore { store async throws in
            for (key, expected) in [(711, 711), (0, 711), (999, 999)] as [(UInt64, UInt64)] {
                var wanted = WantedApp.sample()
                wanted.deviceOwnerAccountKey = key
                try await store.store(wanted, installed: .sample())
                #expect(try await store.loadApps().first?.wanted?.deviceOwnerAccountKey == expected)
            }
            let first = try await store.record(.sample(state: .running), report: nil)
            #expect(first == fixture.time.wall.rfc3339Local())
            #expect(try await store.record(.sample(state: .running), report: nil).isEmpty)
        }
        #expect(try fixture.rows("SELECT state, version FROM AppStateHistory") == [["PRESENT", "1.0.0"]])
    }

    @Test("version and time stamp of the wanted row are those of its insert, everything else is replaced")
    func insertOnlyColumns() async throws {
        try await fixture.withStore { store async throws in
            try await store.store(.sample(), installed: .sample())
            fixture.time.advance(by: .seconds(100))
            var changed = WantedApp.sample(target: .present)
            changed.version = "9.9.9"
            changed.newestVersion = "2.0.0"
            changed.environment = .null
            changed.ports = []
            changed.requestUpdate = false
            try await store.store(changed, installed: .sample(state: .failed))
            changed.version = "1.0.0"
            var installed = InstalledApp.sample()
            installed.requestUpdate = false
            #expect(try await store.loadApps() == [StoredApp(installed: installed, wanted: changed)])
        }
        let rows = try fixture.rows("SELECT r.timestamp = a.timestamp FROM RequestedAppStates r, AppStates a")
        #expect(rows == [["1"]])
    }

    @Test("a first record inserts without history; a change keeps the old state with the new version")
    func history() async throws {
        try await fixture.withStore { store async throws in
            #expect(try await store.record(.sample(state: .present), report: nil) != "")
            var updated = InstalledApp.sample(state: .running)
            updated.version = "1.1.0"
            updated.releaseKey = 12
            fixture.time.advance(by: .seconds(5))
            #expect(try await store.record(updated, report: nil) == fixture.time.wall.rfc3339Local())
        }
        #expect(
            try fixture.rows("SELECT app_name, app_key, stage, version, release_key, state FROM AppStateHistory") == [
                ["tickApp", "6", "PROD", "1.1.0", "12", "PRESENT"]
            ])
        #expect(
            try fixture.rows("SELECT state, version, release_key FROM AppStates") == [["RUNNING", "1.1.0", "12"]])
    }

    @Test(
        "a clock that goes back a year: the newest state counts, the history keeps its order and loses its oldest rows")
    func clockBack() async throws {
        try await fixture.withStore { store async throws in
            for step in 0..<230 {
                let state: AppState = step.isMultiple(of: 2) ? .present : .running
                let report = Report(of: .sample(state: state), sequence: UInt64(step + 1))
                _ = try await store.record(.sample(state: state), report: report)
                if step == 200 { fixture.time.wall = fixture.time.wall.advanced(by: .seconds(-365 * 86_400)) }
            }
            #expect(try await store.pendingReports().map(\.sequence) == [230])
        }
        #expect(try fixture.rows("SELECT state FROM AppStates") == [["RUNNING"]])
        // The rows with the older stamps are the newer ones: 29 of them follow the jump.
        let kept = try fixture.rows("SELECT timestamp FROM AppStateHistory ORDER BY id").compactMap(\.first)
        #expect(kept.count == 200)
        #expect(kept.suffix(29).allSatisfy { $0 < kept[0] } && kept.prefix(171).allSatisfy { $0 >= kept[0] })
    }

    @Test("the history of one app keeps its newest 200 rows and leaves other apps alone (P20)")
    func historyCap() async throws {
        try await fixture.withStore { store async throws in
            let other = AppID(key: 7, stage: .prod)
            for state in [AppState.present, .running, .present] {
                _ = try await store.record(.sample(other, state: state), report: nil)
            }
            for step in 0..<230 {
                _ = try await store.record(.sample(state: step.isMultiple(of: 2) ? .present : .running), report: nil)
            }
        }
        #expect(
            try fixture.rows("SELECT app_key, count(*) FROM AppStateHistory GROUP BY app_key") == [
                ["6", "200"], ["7", "2"],
            ])
    }

    @Test("T79: settings that arrive during a transition survive its state reports (P11)")
    func settingsDuringTransition() async throws {
        try await fixture.withStore { store async throws in
            try await store.store(.sample(), installed: .sample())
            var news = WantedApp.sample(target: .present)
            news.environment = ["GREETING": ["value": "new"]]
            news.newestVersion = "3.0.0"
            try await store.store(news, installed: .sample())
            _ = try await store.record(.sample(state: .starting), report: nil)
            let wanted = try #require(try await store.loadApps().first?.wanted)
            #expect(wanted.environment == ["GREETING": ["value": "new"]])
            #expect(wanted.newestVersion == "3.0.0")
            #expect(wanted.target == .present)
            #expect(wanted.currentState == .starting)
        }
    }

    @Test("T69: a stored credential epoch is never lowered or lost, nor is the instance key (P10)")
    func epoch() async throws {
        for (sent, expected) in [(3, 3), (1, 3), (nil, 3), (4, 4)] as [(UInt64?, UInt64)] {
            try await fixture.withStore { store async throws in
                var wanted = WantedApp.sample()
                wanted.credentialEpoch = sent
                wanted.instanceKey = sent == 3 ? 77 : nil
                try await store.store(wanted, installed: .sample())
                _ = try await store.record(.sample(state: sent == nil ? .running : .present), report: nil)
            }
            try await fixture.withStore { store async throws in
                let wanted = try #require(try await store.loadApps().first?.wanted)
                #expect(wanted.credentialEpoch == expected)
                #expect(wanted.instanceKey == 77)
            }
        }
    }

    @Test("T55: a reached REMOVED is stored with its report; rows go only when they are forgotten (P28)")
    func removal() async throws {
        try await fixture.withStore { store async throws in
            try await store.store(.sample(target: .uninstalled), installed: .sample())
            try await store.storeLog(["line"], of: .prod6, name: "tickApp")
            let removed = InstalledApp.sample(state: .removed)
            _ = try await store.record(removed, report: Report(of: removed, sequence: 1))
            #expect(try await store.loadApps().first?.installed.state == .removed)
            #expect(try await store.pendingReports().map(\.state) == [.removed])

            let uninstalled = InstalledApp.sample(state: .uninstalled)
            try await store.forget(.prod6, report: Report(of: uninstalled, sequence: 2))
            try await store.forget(.prod6, report: nil)
            #expect(try await store.loadApps().isEmpty)
            #expect(try await store.loadLog(of: .prod6) == nil)
        }
        // The entry outlives the rows and the process.
        try await fixture.withStore { store async throws in
            #expect(try await store.pendingReports().map(\.state) == [.uninstalled])
        }
    }

    @Test("a renamed app keeps its rows under the new name (P27)")
    func rename() async throws {
        try await fixture.withStore { store async throws in
            try await store.store(.sample(), installed: .sample())
            try await store.store(.sample(name: "newName"), installed: .sample(name: "newName"))
            let app = InstalledApp.sample(name: "newestName")
            #expect(try await store.record(app, report: nil).isEmpty)
        }
        #expect(try fixture.rows("SELECT app_name FROM RequestedAppStates") == [["newName"]])
        #expect(try fixture.rows("SELECT app_name FROM AppStates") == [["newestName"]])
    }

    @Test("second rows that an older agent made for a renamed app: the newest counts, the next write merges (P27)")
    func secondRows() async throws {
        try ReferenceDatabase.create(fixture.path, age: 6)
        let reference = try ReferenceDatabase(fixture.path)
        for (name, state) in [("before", "PRESENT"), ("after", "RUNNING")] {
            try reference.run(
                """
                INSERT INTO AppStates (app_name, app_key, version, release_key, stage, state, timestamp)
                VALUES ('\(name)', 6, '1.0.0', 11, 'PROD', '\(state)', 'then');
                INSERT INTO RequestedAppStates (app_name, app_key, stage, release_key, new_release_key, request_update,
                    current_state, manually_requested_state, requestor_account_key, timestamp)
                VALUES ('\(name)', 6, 'PROD', 11, 11, 0, 'PRESENT', '\(state)', 42, 'then');
                """)
        }
        reference.close()
        try await fixture.withStore { store async throws in
            let apps = try await store.loadApps()
            #expect(apps.map(\.installed.name) == ["after"])
            #expect(apps.map(\.installed.state) == [.running])
            #expect(apps.map(\.wanted?.target) == [.running])
            try await store.store(.sample(name: "before"), installed: .sample(name: "before"))
        }
        #expect(try fixture.rows("SELECT app_name, state FROM AppStates") == [["before", "RUNNING"]])
        #expect(try fixture.rows("SELECT app_name FROM RequestedAppStates") == [["before"]])
    }

    @Test("STOPPED: a target is refused with a sentence, a first state counts as absent; other apps go on (P29)")
    func stopped() async throws {
        try await fixture.withStore { store async throws in
            let error = await #expect(throws: StoreError.self) {
                try await store.store(.sample(target: .stopped), installed: .sample())
            }
            #expect(error?.message == "target state STOPPED cannot be stored")
            await #expect(throws: StoreError.self) {
                try await store.record(.sample(state: .stopped), report: nil)
            }
            var wanted = WantedApp.sample()
            wanted.currentState = .stopped
            try await store.store(wanted, installed: .sample(state: .stopped))
            let app = try #require(try await store.loadApps().first)
            #expect(app.wanted?.currentState == .removed)
            #expect(app.installed.state == .removed)
        }
    }

    @Test("every storable state goes through both tables")
    func everyState() async throws {
        try await fixture.withStore { store async throws in
            for (offset, state) in AppState.allCases.filter(\.isStorable).enumerated() {
                let id = AppID(key: UInt64(offset + 1), stage: .dev)
                try await store.store(.sample(id, target: state), installed: .sample(id, state: state))
                let app = try #require(try await store.loadApps().last)
                #expect(app.installed.state == state)
                #expect(app.wanted?.target == state)
            }
        }
    }

    @Test("a key above 2^63 - 1 is refused before anything is written")
    func largeKey() async throws {
        try await fixture.withStore { store async throws in
            let id = AppID(key: .max, stage: .prod)
            let error = await #expect(throws: StoreError.self) {
                try await store.store(.sample(id), installed: .sample(id))
            }
            #expect(error?.message.contains("too large") == true)
            #expect(try await store.loadApps().isEmpty)
            let largest = AppID(key: UInt64(Int64.max), stage: .prod)
            try await store.store(.sample(largest), installed: .sample(largest))
            #expect(try await store.loadApps().map(\.installed.id) == [largest])
        }
    }

    @Test("after closing, calls say that the database is closed")
    func closed() async throws {
        let store = try await fixture.open()
        await store.close()
        let error = await #expect(throws: StoreError.self) { try await store.loadApps() }
        #expect(error?.message == "the database failed: the database is closed")
    }
}
