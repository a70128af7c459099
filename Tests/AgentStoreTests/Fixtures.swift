import AgentCore
import AgentStore
import AsyncTestKit
import DeviceProtocol
import Values

/// The store of a test, its file and its clock.
struct StoreFixture {
    let directory = TestDirectory()
    let time = ManualTime()

    var path: String { directory.path("reagent.db") }

    func open() async throws -> SQLiteAgentStore { try await SQLiteAgentStore(path: path, time: time) }

    /// Opens, runs the body, closes.
    func withStore<R: Sendable>(_ body: (SQLiteAgentStore) async throws -> R) async throws -> R {
        let store = try await open()
        let result = try await body(store)
        await store.close()
        return result
    }

    /// What the reference reads in the file.
    func rows(_ sql: String) throws -> [[String]] {
        let database = try ReferenceDatabase(path)
        defer { database.close() }
        return try database.rows(sql)
    }
}

extension AppID {
    static let prod6 = AppID(key: 6, stage: .prod)
}

extension WantedApp {
    /// As the recorded requests have it.
    static func sample(_ id: AppID = .prod6, name: String = "tickApp", target: AppState = .running) -> WantedApp {
        WantedApp(
            id: id, name: name, target: target, currentState: .present, version: "1.0.0", presentVersion: "1.0.0",
            newestVersion: "1.1.0", environment: ["GREETING": ["value": "hello"]],
            environmentTemplate: ["MODE": ["defaultValue": "demo"]],
            ports: [
                [
                    "main": true, "name": "web", "active": false, "public": false, "port": 8080, "protocol": "http",
                    "local_ip": "", "remote_port_environment": "", "remote_port": 0,
                ]
            ],
            releaseKey: 11, newReleaseKey: 12, requestUpdate: true, requestorAccountKey: 42,
            deviceOwnerAccountKey: 711, credentialEpoch: 1)
    }
}

extension InstalledApp {
    static func sample(_ id: AppID = .prod6, name: String = "tickApp", state: AppState = .present) -> InstalledApp {
        InstalledApp(
            id: id, name: name, version: "1.0.0", releaseKey: 11, state: state, requestorAccountKey: 42,
            requestUpdate: true)
    }
}
