import AgentCore
import AgentStore
import DeviceProtocol
import Testing
import Values

@Suite("Databases of every age")
struct DatabaseAgeTests {
    private let fixture = StoreFixture()

    private func fill(age: Int) throws {
        try ReferenceDatabase.create(fixture.path, age: age)
        let database = try ReferenceDatabase(fixture.path)
        defer { database.close() }
        try database.run(
            """
            INSERT INTO RequestedAppStates (app_name, app_key, stage, version, present_version, newest_version,
                environment_variables, release_key, new_release_key, request_update, current_state,
                manually_requested_state, requestor_account_key, timestamp)
            VALUES ('myapp', 1, 'PROD', '1.0.0', '1.0.0', '1.0.0', '{"GREETING":{"value":"hello"}}', 11, 11, 0,
                'PRESENT', 'RUNNING', 42, '2024-05-01T10:00:00+02:00'),
                ('old', 9, 'DEV', NULL, NULL, NULL, NULL, 0, 0, 1, 'REMOVED', 'PRESENT', 7, '2024-05-01T10:00:00Z');
            INSERT INTO AppStates (app_name, app_key, version, release_key, stage, state, timestamp)
            VALUES ('myapp', 1, '1.0.0', 11, 'PROD', 'RUNNING', '2024-05-01T10:00:00+02:00');
            INSERT INTO LogHistory (app_name, app_key, stage, log_type, log)
            VALUES ('myapp', 1, 'PROD', 'APP', '["one","two"]');
            """)
    }

    @Test("a file of any age is read completely", arguments: 1...ReferenceDatabase.newestAge)
    func read(age: Int) async throws {
        try fill(age: age)
        try await fixture.withStore { store async throws in
            let apps = try await store.loadApps()
            #expect(apps.map(\.installed.id) == [AppID(key: 1, stage: .prod), AppID(key: 9, stage: .dev)])
            let app = try #require(apps.first)
            #expect(app.installed.state == .running)
            #expect(app.installed.requestorAccountKey == 42)
            #expect(app.wanted?.target == .running)
            #expect(app.wanted?.environment == ["GREETING": ["value": "hello"]])
            #expect(app.wanted?.ports == .null)
            #expect(app.wanted?.deviceOwnerAccountKey == 0)
            #expect(app.wanted?.credentialEpoch == nil)
            // A wanted row alone is an app as a payload would create it.
            #expect(apps.last?.installed.state == .removed)
            #expect(apps.last?.installed.requestUpdate == true)
            #expect(try await store.loadLog(of: AppID(key: 1, stage: .prod)) == ["one", "two"])
            #expect(try await store.unreadableRows().isEmpty)
        }
    }

    @Test(
        "the reference starts on a file that we have written, reads it and writes it; then so do we",
        arguments: 1...ReferenceDatabase.newestAge)
    func wayBack(age: Int) async throws {
        try fill(age: age)
        try await fixture.withStore { store async throws in
            var wanted = WantedApp.sample()
            (wanted.image, wanted.credentialEpoch, wanted.instanceKey) = ("registry.example/app:1", 3, 5)
            try await store.store(wanted, installed: .sample())
            _ = try await store.record(
                .sample(state: .running), report: Report(of: .sample(state: .running), sequence: 1))
        }

        let reference = try ReferenceDatabase(fixture.path)
        try reference.start()
        #expect(
            try reference.rows("SELECT id, interface_type, device_status, timestamp FROM DeviceStates") == [
                ["1", "NONE", "DISCONNECTED", "1700000000"]
            ])
        #expect(
            try reference.rows(
                """
                SELECT app_name, app_key, stage, version, present_version, newest_version, environment_variables,
                    environment_template, docker_compose, new_docker_compose, release_key, new_release_key,
                    request_update, current_state, manually_requested_state, requestor_account_key,
                    device_owner_account_key FROM RequestedAppStates WHERE app_key = 6
                """) == [
                    [
                        "tickApp", "6", "PROD", "1.0.0", "1.0.0", "1.1.0", #"{"GREETING":{"value":"hello"}}"#,
                        #"{"MODE":{"defaultValue":"demo"}}"#, "null", "null", "11", "12", "1", "RUNNING", "RUNNING",
                        "42", "711",
                    ]
                ])
        try reference.run(
            """
            INSERT INTO RequestedAppStates (app_name, app_key, stage, version, present_version, newest_version,
                environment_variables, environment_template, ports, docker_compose, new_docker_compose, release_key,
                new_release_key, request_update, current_state, manually_requested_state, requestor_account_key,
                device_owner_account_key, timestamp)
            VALUES ('tickApp', 6, 'PROD', '', '2.0.0', '2.0.0', 'null', 'null', '[]', 'null', 'null', 13, 13, 0,
                'PRESENT', 'PRESENT', 42, 711, 'now')
            ON CONFLICT (app_name, app_key, stage) DO UPDATE SET present_version = excluded.present_version,
                manually_requested_state = excluded.manually_requested_state, release_key = excluded.release_key
            """)
        reference.close()

        try await fixture.withStore { store async throws in
            let app = try #require(try await store.loadApps().first { $0.installed.id == .prod6 })
            #expect(app.wanted?.presentVersion == "2.0.0")
            #expect(app.wanted?.target == .present)
            #expect(app.wanted?.image == "registry.example/app:1")
            #expect(app.wanted?.credentialEpoch == 3)
            #expect(app.wanted?.instanceKey == 5)
            #expect(try await store.pendingReports().map(\.sequence) == [1])
        }
    }

    @Test("a fresh file has the reference's columns in the reference's order, ours behind them")
    func freshColumns() async throws {
        try await fixture.withStore { _ in }
        #expect(
            try fixture.rows("SELECT name FROM pragma_table_info('RequestedAppStates')").flatMap { $0 } == [
                "id", "app_name", "app_key", "stage", "version", "present_version", "newest_version",
                "environment_variables", "ports", "docker_compose", "release_key", "new_release_key", "request_update",
                "current_state", "manually_requested_state", "requestor_account_key", "device_owner_account_key",
                "timestamp", "environment_template", "new_docker_compose", "image", "app_cred_epoch", "instance_key",
                "privileges",
            ])
        #expect(
            try fixture.rows("SELECT name FROM pragma_table_info('AppStates')").flatMap { $0 } == [
                "id", "app_name", "app_key", "version", "release_key", "stage", "state", "timestamp",
            ])
    }

    @Test("a file that is no database is refused and left alone")
    func damaged() async throws {
        let text = String(repeating: "not a database ", count: 500)
        try fixture.directory.write(text, to: "reagent.db")
        await #expect(throws: StoreError.self) { _ = try await fixture.open() }
        #expect(try fixture.directory.text("reagent.db") == text)
    }

    @Test("a table of the same name but another shape fails the start instead of losing columns")
    func foreignTable() async throws {
        let database = try ReferenceDatabase(fixture.path)
        try database.run("CREATE TABLE RequestedAppStates (id INTEGER PRIMARY KEY)")
        database.close()
        await #expect(throws: StoreError.self) { _ = try await fixture.open() }
        #expect(try fixture.rows("SELECT name FROM sqlite_master") == [["RequestedAppStates"]])
    }
}
