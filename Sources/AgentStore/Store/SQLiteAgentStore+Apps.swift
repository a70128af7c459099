public import AgentCore
import AsyncSupport
import DeviceProtocol
import SQLite
import Values

extension SQLiteAgentStore: AppStore {
    /// Rows of `AppStateHistory` that are kept per app; the reference never trims (P20).
    static let historyLimit: Int64 = 200

    public func store(_ wanted: WantedApp, installed: InstalledApp) async throws(StoreError) {
        let now = SQLiteValue.text(time.wall.rfc3339Local())
        let id = try wanted.id.bindings()
        let columns = try wantedColumns(wanted)
        let fresh = try installedColumns(creating: installed)
        let names: [SQLiteValue] = [.text(wanted.name)]
        try await write { connection throws(SQLiteError) in
            try keepNewestRow(of: "RequestedAppStates", id, on: connection)
            try connection.execute(Self.updateWanted, columns + id)
            if connection.changes == 0 {
                try connection.execute(Self.insertWanted, columns + id + [.text(wanted.version), now])
            }
            try keepNewestRow(of: "AppStates", id, on: connection)
            try connection.execute("UPDATE AppStates SET app_name = ? WHERE app_key = ? AND stage = ?", names + id)
            if connection.changes == 0 { try connection.execute(Self.insertInstalled, id + fresh + [now]) }
        }
    }

    public func record(_ app: InstalledApp, report: Report?) async throws(StoreError) -> String {
        let now = time.wall.rfc3339Local()
        let id = try app.id.bindings()
        let state = try SQLiteValue.state(app.state, "state")
        let releaseKey = try SQLiteValue.unsigned(app.releaseKey, "release key")
        let entry = try report.map(reportBindings)
        return try await write { connection throws(SQLiteError) in
            if let entry { try put(entry, on: connection) }
            let row: [SQLiteValue] = [.text(app.name), .text(app.version), releaseKey, state]
            try keepNewestRow(of: "AppStates", id, on: connection)
            let old = try connection.query(
                "SELECT app_name, version, release_key, state FROM AppStates WHERE app_key = ? AND stage = ?", id
            ).first
            guard let old else {
                try connection.execute(Self.insertInstalled, id + row + [.text(now)])
                return now
            }
            // A new name alone is no new state: it is stored, and no time stamp tells of a change.
            let isUnchanged = Array(old.values.dropFirst()) == Array(row.dropFirst())
            if isUnchanged, old.values.first == row.first { return "" }
            // The time stamp of the row is that of its creation (1.6).
            try connection.execute(
                "UPDATE AppStates SET app_name = ?, version = ?, release_key = ?, state = ? "
                    + "WHERE app_key = ? AND stage = ?", row + id)
            if isUnchanged { return "" }
            try appendHistory(id + row.dropLast() + [try old.textValue("state"), .text(now)], id, on: connection)
            // P11: only what a state report knows better than the wanted row; settings that came meanwhile stay.
            try connection.execute(
                "UPDATE RequestedAppStates SET current_state = ?, present_version = ?, release_key = ? "
                    + "WHERE app_key = ? AND stage = ?", [state, .text(app.version), releaseKey] + id)
            return now
        }
    }

    public func forget(_ id: AppID, report: Report?) async throws(StoreError) {
        let key = try id.bindings()
        let entry = try report.map(reportBindings)
        try await write { connection throws(SQLiteError) in
            if let entry { try put(entry, on: connection) }
            for table in ["AppStates", "RequestedAppStates", "LogHistory"] {
                try connection.execute("DELETE FROM \(table) WHERE app_key = ? AND stage = ?", key)
            }
        }
    }

    /// The old state with the new version and release (1.6).
    private func appendHistory(
        _ row: [SQLiteValue], _ id: [SQLiteValue], on connection: Connection
    ) throws(SQLiteError) {
        try connection.execute(
            "INSERT INTO AppStateHistory (app_key, stage, app_name, version, release_key, state, timestamp) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        try connection.execute(
            "DELETE FROM AppStateHistory WHERE app_key = ?1 AND stage = ?2 AND id NOT IN "
                + "(SELECT id FROM AppStateHistory WHERE app_key = ?1 AND stage = ?2 ORDER BY id DESC LIMIT ?3)",
            id + [.integer(Self.historyLimit)])
    }

    /// An app that older agents knew under several names gets one row again (P27).
    private func keepNewestRow(of table: String, _ id: [SQLiteValue], on connection: Connection) throws(SQLiteError) {
        try connection.execute(
            "DELETE FROM \(table) WHERE app_key = ?1 AND stage = ?2 AND id < "
                + "(SELECT MAX(id) FROM \(table) WHERE app_key = ?1 AND stage = ?2)", id)
    }
}

// MARK: - Columns

extension SQLiteAgentStore {
    /// In the order of ``wantedColumns(_:)``. An owner key of 0 never overwrites (T54), the epoch never falls and an
    /// instance key that a payload does not carry stays (P10); version and time stamp are of the insert.
    private static let updateWanted = """
        UPDATE RequestedAppStates SET app_name = ?1, present_version = ?2, newest_version = ?3,
            environment_variables = ?4, environment_template = ?5, ports = ?6, docker_compose = ?7,
            new_docker_compose = ?8, release_key = ?9, new_release_key = ?10, request_update = ?11,
            current_state = ?12, manually_requested_state = ?13, requestor_account_key = ?14,
            device_owner_account_key = CASE WHEN ?15 > 0 THEN ?15 ELSE device_owner_account_key END,
            image = ?16,
            app_cred_epoch = MAX(COALESCE(?17, app_cred_epoch), COALESCE(app_cred_epoch, ?17)),
            instance_key = COALESCE(?18, instance_key), privileges = ?19
        WHERE app_key = ?20 AND stage = ?21
        """

    private static let insertWanted = """
        INSERT INTO RequestedAppStates (app_name, present_version, newest_version, environment_variables,
            environment_template, ports, docker_compose, new_docker_compose, release_key, new_release_key,
            request_update, current_state, manually_requested_state, requestor_account_key,
            device_owner_account_key, image, app_cred_epoch, instance_key, privileges, app_key, stage, version,
            timestamp)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let insertInstalled = """
        INSERT INTO AppStates (app_key, stage, app_name, version, release_key, state, timestamp)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """

    private func wantedColumns(_ wanted: WantedApp) throws(StoreError) -> [SQLiteValue] {
        [
            .text(wanted.name), .text(wanted.presentVersion), .text(wanted.newestVersion),
            try .json(wanted.environment, "environment"), try .json(wanted.environmentTemplate, "environment template"),
            try .json(wanted.ports, "ports"), try .json(wanted.dockerCompose, "compose document"),
            try .json(wanted.newDockerCompose, "next compose document"),
            try .unsigned(wanted.releaseKey, "release key"), try .unsigned(wanted.newReleaseKey, "new release key"),
            .boolean(wanted.requestUpdate), .text(storable(wanted.currentState).rawValue),
            try .state(wanted.target, "target state"),
            try .unsigned(wanted.requestorAccountKey, "requestor account key"),
            try .unsigned(wanted.deviceOwnerAccountKey, "device owner account key"), .optional(wanted.image),
            try .optionalUnsigned(wanted.credentialEpoch, "credential epoch"),
            try .optionalUnsigned(wanted.instanceKey, "instance key"),
            try .json(wanted.privileges?.value ?? .null, "privileges"),
        ]
    }

    private func installedColumns(creating app: InstalledApp) throws(StoreError) -> [SQLiteValue] {
        [
            .text(app.name), .text(app.version), try .unsigned(app.releaseKey, "release key"),
            .text(storable(app.state).rawValue),
        ]
    }

    /// A first state that comes from the backend and cannot be stored counts as absent (P29).
    private func storable(_ state: AppState) -> AppState { state.isStorable ? state : .removed }
}

extension Row {
    fileprivate func textValue(_ column: String) throws(SQLiteError) -> SQLiteValue { .text(try text(column)) }
}
