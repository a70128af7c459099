import DeviceProtocol
import SQLite
import StudioCore

/// The tables as one transaction sees them: settings and devices.
struct StudioTables {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func query(_ sql: String, _ bindings: [SQLiteValue] = []) throws(StudioError) -> [Row] {
        do { return try connection.query(sql, bindings) } catch { throw StudioError(storage: error) }
    }

    func execute(_ sql: String, _ bindings: [SQLiteValue]) throws(StudioError) {
        do { try connection.execute(sql, bindings) } catch { throw StudioError(storage: error) }
    }

    /// Reads a row; one that cannot be understood is an error, never a row that is not there.
    func decode<T>(_ row: Row, _ body: (Row) throws(SQLiteError) -> T) throws(StudioError) -> T {
        do { return try body(row) } catch { throw StudioError(storage: error) }
    }

    // MARK: Settings

    /// A value that the studio made once for itself, made by `make` if it is not there.
    func setting(_ name: String, orMake make: () -> String) throws(StudioError) -> String {
        if let row = try query("SELECT value FROM Settings WHERE name = ?", [.text(name)]).first {
            return try decode(row) { (row) throws(SQLiteError) in try row.text("value") }
        }
        let value = make()
        try execute("INSERT INTO Settings (name, value) VALUES (?, ?)", [.text(name), .text(value)])
        return value
    }

    // MARK: Devices

    /// All devices in the order of their keys.
    func devices() throws(StudioError) -> [Device] {
        var devices: [Device] = []
        for row in try query("SELECT * FROM Devices ORDER BY device_key") {
            devices.append(try decode(row, Self.device))
        }
        return devices
    }

    /// - Throws: `noSuchDevice`.
    func device(key: UInt64) throws(StudioError) -> Device {
        guard let row = try query("SELECT * FROM Devices WHERE device_key = ?", [.key(key)]).first else {
            throw StudioError(.noSuchDevice, "no device has the key \(key)")
        }
        return try decode(row, Self.device)
    }

    /// By name, else by serial number, else by key: a device may be named like another one's key.
    /// - Throws: `noSuchDevice`.
    func device(named text: String) throws(StudioError) -> Device {
        let rows = try query(
            """
            SELECT * FROM Devices WHERE name = ?1 OR serial_number = ?1 OR CAST(device_key AS TEXT) = ?1
            ORDER BY name = ?1 DESC, serial_number = ?1 DESC LIMIT 1
            """, [.text(text)])
        guard let row = rows.first else {
            throw StudioError(.noSuchDevice, "there is no device named “\(text)”")
        }
        return try decode(row, Self.device)
    }

    /// The key of the next device.
    func nextDeviceKey() throws(StudioError) -> UInt64 {
        let rows = try query("SELECT COALESCE(MAX(device_key), 0) + 1 AS next FROM Devices")
        guard let row = rows.first else { return 1 }
        return try decode(row) { (row) throws(SQLiteError) in UInt64(bitPattern: try row.integer("next")) }
    }

    func insert(_ device: Device) throws(StudioError) {
        guard try query("SELECT 1 FROM Devices WHERE name = ?", [.text(device.name)]).isEmpty else {
            throw StudioError(.alreadyExists, "there is a device named “\(device.name)” already")
        }
        try execute(
            """
            INSERT INTO Devices (device_key, swarm_key, name, serial_number, secret, status, session_id,
                architecture, operating_system, agent_version, last_seen)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .key(device.key), .key(device.swarmKey), .text(device.name), .text(device.serialNumber),
                .text(device.secret), .text(device.status.rawValue), device.sessionID.map(SQLiteValue.key) ?? .null,
                .text(device.architecture), .text(device.operatingSystem), .text(device.agentVersion),
                .text(device.lastSeen),
            ])
    }

    /// Writes what a device tells of itself; key, name, serial number and secret are for ever.
    func update(_ device: Device) throws(StudioError) {
        try execute(
            """
            UPDATE Devices SET status = ?, session_id = ?, architecture = ?, operating_system = ?, agent_version = ?,
                last_seen = ? WHERE device_key = ?
            """,
            [
                .text(device.status.rawValue), device.sessionID.map(SQLiteValue.key) ?? .null,
                .text(device.architecture), .text(device.operatingSystem), .text(device.agentVersion),
                .text(device.lastSeen), .key(device.key),
            ])
    }

    private static func device(_ row: Row) throws(SQLiteError) -> Device {
        let status = try row.text("status")
        guard let status = DeviceStatus(rawValue: status) else {
            throw SQLiteError(.mismatch, "“\(status)” is no status of a device")
        }
        return Device(
            key: UInt64(bitPattern: try row.integer("device_key")),
            swarmKey: UInt64(bitPattern: try row.integer("swarm_key")), name: try row.text("name"),
            serialNumber: try row.text("serial_number"), secret: try row.text("secret"), status: status,
            sessionID: try row.optionalInteger("session_id").map(UInt64.init(bitPattern:)),
            architecture: try row.text("architecture"), operatingSystem: try row.text("operating_system"),
            agentVersion: try row.text("agent_version"), lastSeen: try row.text("last_seen"))
    }
}

extension SQLiteValue {
    /// Any 64 bits: a key above 2^63 is stored as a negative number and comes back as it was.
    static func key(_ number: UInt64) -> SQLiteValue { .integer(Int64(bitPattern: number)) }
}
