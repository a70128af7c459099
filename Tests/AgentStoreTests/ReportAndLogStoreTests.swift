import AgentCore
import AgentStore
import DeviceProtocol
import Testing
import Values

@Suite("Outbox, logs and facts")
struct ReportAndLogStoreTests {
    private let fixture = StoreFixture()

    @Test("the outbox holds the latest report of each app, with all its fields, in order")
    func outbox() async throws {
        var app = InstalledApp.sample(state: .running)
        app.releaseBuild = true
        app.updateStatus = .pendingRemoteConfirmation
        let other = InstalledApp.sample(AppID(key: 6, stage: .dev), state: .failed)
        let reports = [
            Report(of: .sample(), sequence: 1), Report(of: other, sequence: 2), Report(of: app, sequence: 3),
        ]
        try await fixture.withStore { store async throws in
            _ = try await store.record(.sample(), report: reports[0])
            _ = try await store.record(other, report: reports[1])
            _ = try await store.record(app, report: reports[2])
        }
        try await fixture.withStore { store async throws in
            #expect(try await store.pendingReports() == [reports[1], reports[2]])
        }
    }

    @Test("confirming forgets exactly the report that was delivered, not a newer one")
    func confirm() async throws {
        try await fixture.withStore { store async throws in
            let (old, new) = (Report(of: .sample(), sequence: 1), Report(of: .sample(state: .running), sequence: 2))
            _ = try await store.record(.sample(), report: old)
            _ = try await store.record(.sample(state: .running), report: new)
            try await store.confirm(old)
            #expect(try await store.pendingReports() == [new])
            try await store.confirm(new)
            try await store.confirm(new)
            #expect(try await store.pendingReports().isEmpty)
        }
    }

    @Test("an older report never takes the place of a newer one, and an unchanged state still reports")
    func order() async throws {
        try await fixture.withStore { store async throws in
            _ = try await store.record(.sample(), report: Report(of: .sample(), sequence: 5))
            #expect(try await store.record(.sample(), report: Report(of: .sample(), sequence: 4)).isEmpty)
            #expect(try await store.pendingReports().map(\.sequence) == [5])
            #expect(try await store.record(.sample(), report: Report(of: .sample(), sequence: 6)).isEmpty)
            #expect(try await store.pendingReports().map(\.sequence) == [6])
        }
    }

    @Test("the highest sequence number survives confirmation and restart")
    func lastSequence() async throws {
        try await fixture.withStore { store async throws in
            #expect(try await store.lastReportSequence() == 0)
            for sequence in [9, 10, 2] as [UInt64] {
                _ = try await store.record(.sample(), report: Report(of: .sample(), sequence: sequence))
            }
            try await store.confirm(Report(of: .sample(), sequence: 10))
        }
        try await fixture.withStore { store async throws in
            #expect(try await store.pendingReports().isEmpty)
            #expect(try await store.lastReportSequence() == 10)
        }
    }

    @Test("C76: overwritten history: of two the last one is read")
    func overwrittenLog() async throws {
        try await fixture.withStore { store async throws in
            #expect(try await store.loadLog(of: .prod6) == nil)
            try await store.storeLog(["first"], of: .prod6, name: "TickApp")
            try await store.storeLog(["second", #"with "quotes", <tags> & ü"#], of: .prod6, name: "TickApp")
            #expect(try await store.loadLog(of: .prod6) == ["second", #"with "quotes", <tags> & ü"#])
        }
        #expect(
            try fixture.rows("SELECT app_name, app_key, stage, log_type FROM LogHistory") == [
                ["tickapp", "6", "PROD", "APP"]
            ])
    }

    @Test("C75: clearing leaves an empty list in the row (store part)")
    func clearedLog() async throws {
        try await fixture.withStore { store async throws in
            try await store.storeLog(["line"], of: .prod6, name: "tickapp")
            try await store.storeLog([], of: .prod6, name: "tickapp")
            #expect(try await store.loadLog(of: .prod6) == [])
        }
        #expect(try fixture.rows("SELECT log FROM LogHistory") == [["[]"]])
    }

    @Test("storing sets all rows of the app and stage to the same lines, and no other app's")
    func allLogTypes() async throws {
        try ReferenceDatabase.create(fixture.path, age: 6)
        let reference = try ReferenceDatabase(fixture.path)
        try reference.run(
            """
            INSERT INTO LogHistory (app_name, app_key, stage, log_type, log) VALUES
                ('tickapp', 6, 'PROD', 'PULL', '["pulled"]'), ('tickapp', 6, 'PROD', 'BUILD', '[]'),
                ('tickapp', 6, 'DEV', 'APP', '["dev"]'), ('other', 7, 'PROD', 'APP', 'null')
            """)
        reference.close()
        try await fixture.withStore { store async throws in
            try await store.storeLog(["new"], of: .prod6, name: "tickapp")
            #expect(try await store.loadLog(of: AppID(key: 7, stage: .prod)) == [])
        }
        #expect(
            try fixture.rows("SELECT app_key, stage, log_type, log FROM LogHistory ORDER BY id") == [
                ["6", "PROD", "PULL", #"["new"]"#], ["6", "PROD", "BUILD", #"["new"]"#],
                ["6", "DEV", "APP", #"["dev"]"#], ["7", "PROD", "APP", "null"], ["6", "PROD", "APP", #"["new"]"#],
            ])
    }

    @Test("the log of a renamed app stays one row (P27)")
    func renamedLog() async throws {
        try await fixture.withStore { store async throws in
            try await store.storeLog(["one"], of: .prod6, name: "before")
            try await store.storeLog(["two"], of: .prod6, name: "after")
        }
        #expect(try fixture.rows("SELECT app_name, log FROM LogHistory") == [["after", #"["two"]"#]])
    }

    @Test("facts are remembered, replaced and forgotten (P60)")
    func facts() async throws {
        try await fixture.withStore { store async throws in
            #expect(try await store.fact("platform_url") == nil)
            try await store.setFact("platform_url", to: "https://one.example")
            try await store.setFact("platform_url", to: "https://two.example")
        }
        try await fixture.withStore { store async throws in
            #expect(try await store.fact("platform_url") == "https://two.example")
            try await store.setFact("platform_url", to: nil)
            #expect(try await store.fact("platform_url") == nil)
        }
    }

    @Test("rows that make no sense are skipped, shown and kept")
    func unreadable() async throws {
        // Tables of another program without the checks.
        let database = try ReferenceDatabase(fixture.path)
        try database.run(
            """
            CREATE TABLE AppStates (id INTEGER PRIMARY KEY AUTOINCREMENT, app_name TEXT NOT NULL,
                app_key INTEGER NOT NULL, version TEXT NOT NULL, release_key INTEGER NOT NULL, stage TEXT NOT NULL,
                state TEXT NOT NULL, timestamp TEXT NOT NULL);
            INSERT INTO AppStates (app_name, app_key, version, release_key, stage, state, timestamp) VALUES
                ('a', 1, '1', 1, 'PROD', 'FLYING', ''), ('b', -2, '1', 1, 'PROD', 'RUNNING', ''),
                ('c', 3, '1', 1, 'TEST', 'RUNNING', ''), ('d', 4, '1', 1, 'PROD', 'RUNNING', ''),
                ('e', 5, '1', 'many', 'PROD', 'RUNNING', '');
            """)
        try database.start()
        try database.run(
            """
            INSERT INTO RequestedAppStates (app_name, app_key, stage, environment_variables, release_key,
                new_release_key, request_update, current_state, manually_requested_state, requestor_account_key,
                timestamp) VALUES ('d', 4, 'PROD', '{broken', 1, 1, 0, 'RUNNING', 'RUNNING', 42, '');
            INSERT INTO LogHistory (app_name, app_key, stage, log_type, log) VALUES
                ('d', 4, 'PROD', 'APP', '{"not":"a list"}');
            """)
        database.close()
        try await fixture.withStore { store async throws in
            #expect(try await store.loadApps().map(\.installed.name) == ["d"])
            #expect(try await store.loadApps().first?.wanted == nil)
            #expect(try await store.loadLog(of: AppID(key: 4, stage: .prod)) == nil)
            let rows = try await store.unreadableRows()
            #expect(
                Set(rows.map(\.description)) == [
                    #"row 1 of AppStates: state "FLYING" is unknown"#, "row 2 of AppStates: app_key is negative",
                    #"row 3 of AppStates: stage "TEST" is unknown"#,
                    "row 5 of AppStates: column release_key holds text instead of integer",
                    "row 1 of RequestedAppStates: environment_variables is no JSON",
                    "row 1 of LogHistory: log is no list of texts",
                ])
        }
        #expect(try fixture.rows("SELECT count(*) FROM AppStates") == [["5"]])
        #expect(try fixture.rows("SELECT environment_variables FROM RequestedAppStates") == [["{broken"]])
    }
}
