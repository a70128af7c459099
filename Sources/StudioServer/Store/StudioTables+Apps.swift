import DeviceProtocol
import SQLite
import StudioCore
import Values

/// What is wanted of apps.
extension StudioTables {
    /// The wishes for one device, in the order of their app keys.
    func apps(of deviceKey: UInt64) throws(StudioError) -> [DesiredApp] {
        var apps: [DesiredApp] = []
        for row in try query("SELECT * FROM Apps WHERE device_key = ? ORDER BY app_key", [.key(deviceKey)]) {
            apps.append(try decode(row, Self.app))
        }
        return apps
    }

    /// nil: nothing is wanted of an app with this key.
    func app(key: UInt64, on deviceKey: UInt64) throws(StudioError) -> DesiredApp? {
        let rows = try query(
            "SELECT * FROM Apps WHERE device_key = ? AND app_key = ?", [.key(deviceKey), .key(key)])
        guard let row = rows.first else { return nil }
        return try decode(row, Self.app)
    }

    /// nil: nothing is wanted of an app with this name.
    func app(named name: String, on deviceKey: UInt64) throws(StudioError) -> DesiredApp? {
        let rows = try query("SELECT * FROM Apps WHERE device_key = ? AND name = ?", [.key(deviceKey), .text(name)])
        guard let row = rows.first else { return nil }
        return try decode(row, Self.app)
    }

    /// The key of an app name: one name has one key on all devices, kept for ever.
    func appKey(of name: String) throws(StudioError) -> UInt64 {
        try execute("INSERT OR IGNORE INTO AppKeys (name) VALUES (?)", [.text(name)])
        guard let row = try query("SELECT app_key FROM AppKeys WHERE name = ?", [.text(name)]).first else {
            throw StudioError(.storage, "the app name “\(name)” got no key")
        }
        return try decode(row) { (row) throws(SQLiteError) in UInt64(bitPattern: try row.integer("app_key")) }
    }

    func save(_ app: DesiredApp) throws(StudioError) {
        try execute(
            """
            INSERT INTO Apps (device_key, app_key, name, target, reported, image, environment, release_key,
                restart_pending)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (device_key, app_key) DO UPDATE SET target = excluded.target, reported = excluded.reported,
                image = excluded.image, environment = excluded.environment, release_key = excluded.release_key,
                restart_pending = excluded.restart_pending
            """,
            [
                .key(app.deviceKey), .key(app.appKey), .text(app.name), .text(app.target.rawValue),
                .text(app.reported.rawValue), .text(app.image), .text(try Self.text(app.environment)),
                .key(app.releaseKey), .boolean(app.restartPending),
            ])
    }

    func deleteApp(key: UInt64, on deviceKey: UInt64) throws(StudioError) {
        try execute("DELETE FROM Apps WHERE device_key = ? AND app_key = ?", [.key(deviceKey), .key(key)])
    }

    private static func app(_ row: Row) throws(SQLiteError) -> DesiredApp {
        DesiredApp(
            deviceKey: UInt64(bitPattern: try row.integer("device_key")),
            appKey: UInt64(bitPattern: try row.integer("app_key")), name: try row.text("name"),
            target: try state(row, "target"), reported: try state(row, "reported"), image: try row.text("image"),
            environment: try environment(row), releaseKey: UInt64(bitPattern: try row.integer("release_key")),
            restartPending: try row.boolean("restart_pending"))
    }

    private static func state(_ row: Row, _ column: String) throws(SQLiteError) -> AppState {
        let text = try row.text(column)
        guard let state = AppState(rawValue: text) else {
            throw SQLiteError(.mismatch, "“\(text)” is no state of an app")
        }
        return state
    }

    private static func environment(_ row: Row) throws(SQLiteError) -> [String: String] {
        guard let object = (try? JSON.decode(try row.text("environment")))?.object else {
            throw SQLiteError(.mismatch, "column environment holds no JSON object")
        }
        return Dictionary(
            object.compactMap { member in member.value.string.map { (member.key, $0) } }, uniquingKeysWith: { $1 })
    }

    private static func text(_ environment: [String: String]) throws(StudioError) -> String {
        let object = Object(environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        do {
            return try JSON.text(.object(object))
        } catch {
            throw StudioError(.invalid, "the environment is too large")
        }
    }
}
