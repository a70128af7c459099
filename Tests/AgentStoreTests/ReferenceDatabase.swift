import CSQLite

/// The file as the reference agent handles it: the plain library, rollback journal, its own scripts and statements,
/// written down here a second time on purpose.
final class ReferenceDatabase {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private var handle: OpaquePointer?

    init(_ path: String) throws {
        guard sqlite3_open(path, &handle) == SQLITE_OK else { throw Failure(description: "cannot open \(path)") }
    }

    deinit { sqlite3_close_v2(handle) }

    func close() {
        sqlite3_close_v2(handle)
        handle = nil
    }

    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw Failure(description: String(cString: sqlite3_errmsg(handle)))
        }
    }

    /// The rows of a query, columns as text, `NULL` for null.
    func rows(_ sql: String) throws -> [[String]] {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
            throw Failure(description: String(cString: sqlite3_errmsg(handle)))
        }
        var rows: [[String]] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            rows.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
                })
        }
        return rows
    }

    /// All scripts as the reference runs them at a start: the first must succeed, of the others a duplicate column is
    /// silent.
    func start() throws {
        try run(Self.base(of: Self.newestAge))
        try run(Self.seed)
        for script in Self.addedColumns {
            do {
                try run(script)
            } catch let failure as Failure where failure.description.contains("duplicate column") {
                continue
            }
        }
    }

    /// Files of age 1 have none of the added columns, those of age 6 are what a fresh install has.
    static let newestAge = 6

    static func create(_ path: String, age: Int) throws {
        let database = try ReferenceDatabase(path)
        defer { database.close() }
        try database.run(base(of: age == newestAge ? newestAge : 1))
        try database.run(seed)
        for script in addedColumns.prefix(age - 1) where age < newestAge { try database.run(script) }
        if age == newestAge { try database.start() }
    }

    private static let seed =
        "INSERT OR IGNORE INTO DeviceStates (interface_type, device_status, timestamp) "
        + "VALUES ('NONE', 'DISCONNECTED', '1700000000')"

    private static let addedColumns = [
        "ALTER TABLE RequestedAppStates ADD COLUMN device_owner_account_key INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE RequestedAppStates ADD COLUMN docker_compose TEXT",
        "ALTER TABLE RequestedAppStates ADD COLUMN environment_template TEXT",
        "ALTER TABLE RequestedAppStates ADD COLUMN new_docker_compose TEXT",
        "ALTER TABLE RequestedAppStates ADD COLUMN ports TEXT",
    ]

    private static func base(of age: Int) -> String {
        let states =
            "('PRESENT','REMOVED','UNINSTALLED','FAILED','BUILDING','BUILT','TRANSFERED','TRANSFERING','PUBLISHING',"
            + "'PUBLISHED','DOWNLOADING','STARTING','STOPPING','UPDATING','DELETING','RUNNING','INHERIT')"
        let late = age == newestAge ? "ports TEXT, docker_compose TEXT," : ""
        let owner = age == newestAge ? "device_owner_account_key INTEGER NOT NULL DEFAULT 0," : ""
        return """
            CREATE TABLE IF NOT EXISTS DeviceStates (id INTEGER PRIMARY KEY DEFAULT 1 CHECK (id = 1),
                interface_type TEXT NOT NULL CHECK (interface_type IN ('WLAN','ETHERNET','NONE')),
                device_status TEXT NOT NULL CHECK (device_status IN ('CONNECTED','DISCONNECTED')),
                timestamp TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS DeviceStateHistory (id INTEGER PRIMARY KEY AUTOINCREMENT,
                interface_type TEXT NOT NULL CHECK (interface_type IN ('WLAN','ETHERNET','NONE')),
                device_status TEXT NOT NULL CHECK (device_status IN ('CONNECTED','DISCONNECTED')),
                timestamp TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS RequestedAppStates (id INTEGER PRIMARY KEY AUTOINCREMENT,
                app_name TEXT NOT NULL, app_key INTEGER NOT NULL,
                stage TEXT NOT NULL CHECK (stage IN ('DEV','PROD')), version TEXT, present_version TEXT,
                newest_version TEXT, environment_variables TEXT, \(late) release_key INTEGER NOT NULL,
                new_release_key INTEGER NOT NULL, request_update BOOLEAN NOT NULL CHECK (request_update IN (0,1)),
                current_state TEXT NOT NULL CHECK (current_state IN \(states)),
                manually_requested_state TEXT NOT NULL CHECK (manually_requested_state IN \(states)),
                requestor_account_key INTEGER NOT NULL, \(owner) timestamp TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS AppStates (id INTEGER PRIMARY KEY AUTOINCREMENT, app_name TEXT NOT NULL,
                app_key INTEGER NOT NULL, version TEXT NOT NULL, release_key INTEGER NOT NULL,
                stage TEXT NOT NULL CHECK (stage IN ('DEV','PROD')),
                state TEXT NOT NULL CHECK (state IN \(states)), timestamp TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS AppStateHistory (id INTEGER PRIMARY KEY AUTOINCREMENT,
                app_name TEXT NOT NULL, app_key INTEGER NOT NULL, release_key INTEGER NOT NULL,
                version TEXT NOT NULL, stage TEXT NOT NULL CHECK (stage IN ('DEV','PROD')),
                state TEXT NOT NULL CHECK (state IN \(states)), timestamp TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS LogHistory (id INTEGER PRIMARY KEY AUTOINCREMENT, app_name TEXT NOT NULL,
                app_key INTEGER NOT NULL, stage TEXT NOT NULL CHECK (stage IN ('DEV','PROD')),
                log_type TEXT NOT NULL CHECK (log_type IN ('PULL','PUSH','BUILD','APP')), log TEXT NOT NULL);
            CREATE UNIQUE INDEX IF NOT EXISTS app_states_unique ON AppStates (app_name, app_key, stage);
            CREATE UNIQUE INDEX IF NOT EXISTS requested_app_states_unique
                ON RequestedAppStates (app_name, app_key, stage);
            CREATE UNIQUE INDEX IF NOT EXISTS log_history_unique ON LogHistory (app_name, app_key, stage, log_type);
            """
    }
}
