public import AgentCore
import DeviceProtocol
import SQLite

extension SQLiteAgentStore: ReportStore {
    /// The fact that holds the highest sequence number so far.
    private static let sequenceFact = "report_sequence"

    /// In the order in which they were made.
    public func pendingReports() async throws(StoreError) -> [Report] {
        let rows = try await read { connection throws(SQLiteError) in
            try connection.query("SELECT * FROM ReagentReports ORDER BY sequence")
        }
        return rows.compactMap { row in try? Report(row: row) }
    }

    public func confirm(_ report: Report) async throws(StoreError) {
        let bindings = try report.app.bindings() + [try .unsigned(report.sequence, "sequence")]
        try await write { connection throws(SQLiteError) in
            try connection.execute(
                "DELETE FROM ReagentReports WHERE app_key = ? AND stage = ? AND sequence = ?", bindings)
        }
    }

    /// The highest sequence number that was ever stored, confirmed or not; 0 in a new database. The next process
    /// counts on from here.
    public func lastReportSequence() async throws(StoreError) -> UInt64 {
        try await fact(Self.sequenceFact).flatMap { UInt64($0) } ?? 0
    }

    func reportBindings(_ report: Report) throws(StoreError) -> [SQLiteValue] {
        try report.app.bindings() + [
            try .unsigned(report.sequence, "sequence"), .text(report.name), .text(report.state.rawValue),
            try .unsigned(report.releaseKey, "release key"),
            try .unsigned(report.requestorAccountKey, "requestor account key"), .boolean(report.requestUpdate),
            .boolean(report.releaseBuild), .text(report.updateStatus.rawValue),
        ]
    }

    /// Puts a report in the place of an older one of the same app, within the transaction of the state itself.
    func put(_ report: [SQLiteValue], on connection: Connection) throws(SQLiteError) {
        try connection.execute(
            """
            INSERT INTO ReagentReports (app_key, stage, sequence, app_name, state, release_key,
                requestor_account_key, request_update, release_build, update_status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (app_key, stage) DO UPDATE SET sequence = excluded.sequence, app_name = excluded.app_name,
                state = excluded.state, release_key = excluded.release_key,
                requestor_account_key = excluded.requestor_account_key, request_update = excluded.request_update,
                release_build = excluded.release_build, update_status = excluded.update_status
            WHERE excluded.sequence >= ReagentReports.sequence
            """, report)
        try connection.execute(
            """
            INSERT INTO ReagentFacts (name, value) VALUES (?1, CAST(?2 AS TEXT))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            WHERE CAST(excluded.value AS INTEGER) > CAST(ReagentFacts.value AS INTEGER)
            """, [.text(Self.sequenceFact), report[2]])
    }
}
