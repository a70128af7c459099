/// The tables of the reference agent (app-lifecycle.md 1.6, WIRE): a device may go back to it, so its scripts are run
/// as it runs them, at every start, and nothing of its tables is changed but by nullable columns.
enum ReferenceSchema {
    private static let states = """
        'PRESENT', 'REMOVED', 'UNINSTALLED', 'FAILED', 'BUILDING', 'BUILT', 'TRANSFERED', 'TRANSFERING', \
        'PUBLISHING', 'PUBLISHED', 'DOWNLOADING', 'STARTING', 'STOPPING', 'UPDATING', 'DELETING', 'RUNNING', \
        'INHERIT'
        """

    private static let stages = "'DEV', 'PROD'"

    /// Script 1. It must succeed.
    static let base = """
        CREATE TABLE IF NOT EXISTS DeviceStates (
            id INTEGER PRIMARY KEY DEFAULT 1 CHECK (id = 1),
            interface_type TEXT NOT NULL CHECK (interface_type IN ('WLAN', 'ETHERNET', 'NONE')),
            device_status TEXT NOT NULL CHECK (device_status IN ('CONNECTED', 'DISCONNECTED')),
            timestamp TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS DeviceStateHistory (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            interface_type TEXT NOT NULL CHECK (interface_type IN ('WLAN', 'ETHERNET', 'NONE')),
            device_status TEXT NOT NULL CHECK (device_status IN ('CONNECTED', 'DISCONNECTED')),
            timestamp TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS RequestedAppStates (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            app_name TEXT NOT NULL,
            app_key INTEGER NOT NULL,
            stage TEXT NOT NULL CHECK (stage IN (\(stages))),
            version TEXT,
            present_version TEXT,
            newest_version TEXT,
            environment_variables TEXT,
            ports TEXT,
            docker_compose TEXT,
            release_key INTEGER NOT NULL,
            new_release_key INTEGER NOT NULL,
            request_update BOOLEAN NOT NULL CHECK (request_update IN (0, 1)),
            current_state TEXT NOT NULL CHECK (current_state IN (\(states))),
            manually_requested_state TEXT NOT NULL CHECK (manually_requested_state IN (\(states))),
            requestor_account_key INTEGER NOT NULL,
            device_owner_account_key INTEGER NOT NULL DEFAULT 0,
            timestamp TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS AppStates (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            app_name TEXT NOT NULL,
            app_key INTEGER NOT NULL,
            version TEXT NOT NULL,
            release_key INTEGER NOT NULL,
            stage TEXT NOT NULL CHECK (stage IN (\(stages))),
            state TEXT NOT NULL CHECK (state IN (\(states))),
            timestamp TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS AppStateHistory (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            app_name TEXT NOT NULL,
            app_key INTEGER NOT NULL,
            release_key INTEGER NOT NULL,
            version TEXT NOT NULL,
            stage TEXT NOT NULL CHECK (stage IN (\(stages))),
            state TEXT NOT NULL CHECK (state IN (\(states))),
            timestamp TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS LogHistory (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            app_name TEXT NOT NULL,
            app_key INTEGER NOT NULL,
            stage TEXT NOT NULL CHECK (stage IN (\(stages))),
            log_type TEXT NOT NULL CHECK (log_type IN ('PULL', 'PUSH', 'BUILD', 'APP')),
            log TEXT NOT NULL
        );
        CREATE UNIQUE INDEX IF NOT EXISTS app_states_unique ON AppStates (app_name, app_key, stage);
        CREATE UNIQUE INDEX IF NOT EXISTS requested_app_states_unique
            ON RequestedAppStates (app_name, app_key, stage);
        CREATE UNIQUE INDEX IF NOT EXISTS log_history_unique ON LogHistory (app_name, app_key, stage, log_type);
        """

    /// The row that script 1 ends with; a second insert is ignored. Bound: Unix seconds as text.
    static let seed = """
        INSERT OR IGNORE INTO DeviceStates (interface_type, device_status, timestamp)
        VALUES ('NONE', 'DISCONNECTED', ?)
        """

    /// Scripts 2 to 6, attempted at every start: a file of any age ends with all columns.
    static let addedColumns = [
        "ALTER TABLE RequestedAppStates ADD COLUMN device_owner_account_key INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE RequestedAppStates ADD COLUMN docker_compose TEXT",
        "ALTER TABLE RequestedAppStates ADD COLUMN environment_template TEXT",
        "ALTER TABLE RequestedAppStates ADD COLUMN new_docker_compose TEXT",
        "ALTER TABLE RequestedAppStates ADD COLUMN ports TEXT",
    ]
}
