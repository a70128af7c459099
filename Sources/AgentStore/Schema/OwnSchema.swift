/// What we add to the reference's file: tables that it does not know, and nullable columns that its statements do not
/// name. Names are fixed for ever, like the reference's.
enum OwnSchema {
    /// Attempted at every start like the reference's own.
    static let addedColumns = [
        "ALTER TABLE RequestedAppStates ADD COLUMN image TEXT",
        // P10: stored, so that a re-drive does not fall back to epoch 1 or forget the instance.
        "ALTER TABLE RequestedAppStates ADD COLUMN app_cred_epoch INTEGER",
        "ALTER TABLE RequestedAppStates ADD COLUMN instance_key INTEGER",
        // P36: JSON, null for an app with all rights.
        "ALTER TABLE RequestedAppStates ADD COLUMN privileges TEXT",
    ]

    /// `ReagentReports`: the outbox, the latest unconfirmed report per app. `ReagentFacts`: single values that outlive
    /// the process.
    static let tables = """
        CREATE TABLE IF NOT EXISTS ReagentReports (
            app_key INTEGER NOT NULL,
            stage TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            app_name TEXT NOT NULL,
            state TEXT NOT NULL,
            release_key INTEGER NOT NULL,
            requestor_account_key INTEGER NOT NULL,
            request_update INTEGER NOT NULL,
            release_build INTEGER NOT NULL,
            update_status TEXT NOT NULL,
            PRIMARY KEY (app_key, stage)
        );
        CREATE TABLE IF NOT EXISTS ReagentFacts (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        );
        """
}
