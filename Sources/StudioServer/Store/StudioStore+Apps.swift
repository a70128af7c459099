import DeviceProtocol
public import SQLite
public import StudioCore
import Values

extension StudioStore {
    /// The wishes for one device, in the order of their app keys.
    public func apps(of deviceKey: UInt64) async throws(SQLiteError) -> [DesiredApp] {
        try await database.read { connection throws(SQLiteError) in
            try connection.query("SELECT * FROM Apps WHERE device_key = ? ORDER BY app_key", [.key(deviceKey)])
                .compactMap(Self.app)
        }
    }

    public func app(named name: String, on deviceKey: UInt64) async throws(SQLiteError) -> DesiredApp? {
        try await apps(of: deviceKey).first { $0.name == name }
    }

    public func app(key: UInt64, on deviceKey: UInt64) async throws(SQLiteError) -> DesiredApp? {
        try await apps(of: deviceKey).first { $0.appKey == key }
    }

    /// The key of an app name: one name has one key on all devices, kept for ever.
    public func appKey(of name: String) async throws(SQLiteError) -> UInt64 {
        try await database.write { connection throws(SQLiteError) in
            try connection.execute("INSERT OR IGNORE INTO AppKeys (name) VALUES (?)", [.text(name)])
            let rows = try connection.query("SELECT app_key FROM AppKeys WHERE name = ?", [.text(name)])
            return UInt64(bitPattern: try rows.first?.integer("app_key") ?? 0)
        }
    }

    public func save(_ app: DesiredApp) async throws(SQLiteError) {
        let environment = Object(app.environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        let text = (try? JSON.text(.object(environment))) ?? "{}"
        try await database.write { connection throws(SQLiteError) in
            try connection.execute(
                """
                INSERT INTO Apps (device_key, app_key, name, target, reported, image, environment, release_key,
                    restart_pending)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (device_key, app_key) DO UPDATE SET name = excluded.name, target = excluded.target,
                    reported = excluded.reported, image = excluded.image, environment = excluded.environment,
                    release_key = excluded.release_key, restart_pending = excluded.restart_pending
                """,
                [
                    .key(app.deviceKey), .key(app.appKey), .text(app.name), .text(app.target.rawValue),
                    .text(app.reported.rawValue), .text(app.image), .text(text), .key(app.releaseKey),
                    .integer(app.restartPending ? 1 : 0),
                ])
        }
    }

    public func deleteApp(key: UInt64, on deviceKey: UInt64) async throws(SQLiteError) {
        try await database.write { connection throws(SQLiteError) in
            try connection.execute(
                "DELETE FROM Apps WHERE device_key = ? AND app_key = ?", [.key(deviceKey), .key(key)])
        }
    }

    private static func app(_ row: Row) -> DesiredApp? {
        guard let device = try? row.integer("device_key"), let key = try? row.integer("app_key"),
            let name = try? row.text("name"), let target = (try? row.text("target")).flatMap(AppState.init),
            let image = try? row.text("image")
        else { return nil }
        let environment = (try? row.text("environment")).flatMap { try? JSON.decode($0) }?.object ?? [:]
        return DesiredApp(
            deviceKey: UInt64(bitPattern: device), appKey: UInt64(bitPattern: key), name: name, target: target,
            reported: (try? row.text("reported")).flatMap(AppState.init) ?? .removed, image: image,
            environment: Dictionary(
                environment.compactMap { member in member.value.string.map { (member.key, $0) } },
                uniquingKeysWith: { $1 }),
            releaseKey: (try? row.integer("release_key")).map(UInt64.init(bitPattern:)) ?? 1,
            restartPending: (try? row.integer("restart_pending")) == 1)
    }
}
