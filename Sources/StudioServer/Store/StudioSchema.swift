import SQLite

/// The studio's tables. Migrations are only ever added.
enum StudioSchema {
    static let migrations = [Migration("tables", sql: tables)]

    /// `IF NOT EXISTS`: files from before there were migrations have these tables already.
    private static let tables =
        """
        CREATE TABLE IF NOT EXISTS Settings (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS Devices (
            device_key INTEGER NOT NULL PRIMARY KEY,
            swarm_key INTEGER NOT NULL,
            name TEXT NOT NULL UNIQUE,
            serial_number TEXT NOT NULL UNIQUE,
            secret TEXT NOT NULL,
            status TEXT NOT NULL,
            session_id INTEGER,
            architecture TEXT NOT NULL,
            operating_system TEXT NOT NULL,
            agent_version TEXT NOT NULL,
            last_seen TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS AppKeys (
            app_key INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE
        );
        CREATE TABLE IF NOT EXISTS Apps (
            device_key INTEGER NOT NULL REFERENCES Devices (device_key),
            app_key INTEGER NOT NULL,
            name TEXT NOT NULL,
            target TEXT NOT NULL,
            reported TEXT NOT NULL,
            image TEXT NOT NULL,
            environment TEXT NOT NULL,
            release_key INTEGER NOT NULL,
            restart_pending INTEGER NOT NULL CHECK (restart_pending IN (0, 1)),
            PRIMARY KEY (device_key, app_key)
        );
        """
}
