import AsyncSupport
import DeviceProtocol
public import SQLite
public import StudioCore
import Values

/// Devices and wishes in one SQLite file (mode 0600: it holds the devices' secrets).
public struct StudioStore: Sendable {
    let database: Database

    /// Opens or creates the file and brings its tables up to date.
    public init(path: String) async throws(SQLiteError) {
        database = try await Database(path: path)
        try await database.write { connection throws(SQLiteError) in
            for statement in StudioSchema.statements { try connection.execute(statement) }
        }
    }

    public func close() async { await database.close() }

    // MARK: Settings

    /// A value that the studio made once for itself, made by `make` if it is not there.
    public func setting(_ name: String, orMake make: @Sendable @escaping () -> String) async throws(SQLiteError)
        -> String
    {
        try await database.write { connection throws(SQLiteError) in
            if let row = try connection.query("SELECT value FROM Settings WHERE name = ?", [.text(name)]).first {
                return try row.text("value")
            }
            let value = make()
            try connection.execute(
                "INSERT INTO Settings (name, value) VALUES (?, ?)", [.text(name), .text(value)])
            return value
        }
    }

    // MARK: Devices

    public func devices() async throws(SQLiteError) -> [Device] {
        try await database.read { connection throws(SQLiteError) in
            try connection.query("SELECT * FROM Devices ORDER BY device_key", []).compactMap(Self.device)
        }
    }

    public func device(key: UInt64) async throws(SQLiteError) -> Device? {
        try await devices().first { $0.key == key }
    }

    /// By name, by serial number or by key.
    public func device(named text: String) async throws(SQLiteError) -> Device? {
        try await devices().first { $0.name == text || $0.serialNumber == text || String($0.key) == text }
    }

    /// Adds a device made from the next free key. Returns nil when the name is taken.
    public func addDevice(
        _ make: @Sendable @escaping (_ key: UInt64) -> Device
    ) async throws(SQLiteError) -> Device? {
        try await database.write { connection throws(SQLiteError) in
            let next = try connection.query("SELECT COALESCE(MAX(device_key), 0) + 1 AS next FROM Devices", [])
            let device = make(UInt64(try next.first?.integer("next") ?? 1))
            let taken = try connection.query("SELECT 1 AS one FROM Devices WHERE name = ?", [.text(device.name)])
            guard taken.isEmpty else { return nil }
            try Self.write(device, to: connection)
            return device
        }
    }

    public func update(_ device: Device) async throws(SQLiteError) {
        try await database.write { connection throws(SQLiteError) in try Self.write(device, to: connection) }
    }

    private static func write(_ device: Device, to connection: Connection) throws(SQLiteError) {
        try connection.execute(
            """
            INSERT INTO Devices (device_key, swarm_key, name, serial_number, secret, status, session_id,
                architecture, operating_system, agent_version, last_seen)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (device_key) DO UPDATE SET name = excluded.name, status = excluded.status,
                session_id = excluded.session_id, architecture = excluded.architecture,
                operating_system = excluded.operating_system, agent_version = excluded.agent_version,
                last_seen = excluded.last_seen
            """,
            [
                .key(device.key), .key(device.swarmKey), .text(device.name), .text(device.serialNumber),
                .text(device.secret), .text(device.status.rawValue), device.sessionID.map(SQLiteValue.key) ?? .null,
                .text(device.architecture), .text(device.operatingSystem), .text(device.agentVersion),
                .text(device.lastSeen),
            ])
    }

    private static func device(_ row: Row) -> Device? {
        guard let key = try? row.integer("device_key"), let swarm = try? row.integer("swarm_key"),
            let name = try? row.text("name"), let serial = try? row.text("serial_number"),
            let secret = try? row.text("secret")
        else { return nil }
        return Device(
            key: UInt64(bitPattern: key), swarmKey: UInt64(bitPattern: swarm), name: name, serialNumber: serial,
            secret: secret, status: (try? row.text("status")).flatMap(DeviceStatus.init) ?? .disconnected,
            sessionID: (try? row.integer("session_id")).map(UInt64.init(bitPattern:)),
            architecture: (try? row.text("architecture")) ?? "",
            operatingSystem: (try? row.text("operating_system")) ?? "",
            agentVersion: (try? row.text("agent_version")) ?? "", lastSeen: (try? row.text("last_seen")) ?? "")
    }
}

extension SQLiteValue {
    /// Keys and session ids are at most 2^53, so they fit.
    static func key(_ number: UInt64) -> SQLiteValue { .integer(Int64(bitPattern: number)) }
}
