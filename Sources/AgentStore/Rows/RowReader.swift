import AgentCore
import DeviceProtocol
import SQLite
import Values

/// Why a row makes no sense to us; the row stays where it is.
struct RowProblem: Error {
    let reason: String
}

/// Reads domain values out of a row's columns.
struct RowReader {
    let row: Row

    func appID() throws(RowProblem) -> AppID {
        let text = try text("stage")
        guard let stage = Stage(rawValue: text) else { throw RowProblem(reason: "stage \"\(text)\" is unknown") }
        return AppID(key: try unsigned("app_key"), stage: stage)
    }

    func text(_ column: String) throws(RowProblem) -> String {
        try read { row throws(SQLiteError) in try row.text(column) }
    }

    /// Empty for NULL.
    func textOrEmpty(_ column: String) throws(RowProblem) -> String { try optionalText(column) ?? "" }

    func optionalText(_ column: String) throws(RowProblem) -> String? {
        try read { row throws(SQLiteError) in try row.optionalText(column) }
    }

    func flag(_ column: String) throws(RowProblem) -> Bool {
        try read { row throws(SQLiteError) in try row.boolean(column) }
    }

    func unsigned(_ column: String) throws(RowProblem) -> UInt64 {
        guard let number = try optionalUnsigned(column) else { throw RowProblem(reason: "\(column) is missing") }
        return number
    }

    func optionalUnsigned(_ column: String) throws(RowProblem) -> UInt64? {
        let number = try read { row throws(SQLiteError) in try row.optionalInteger(column) }
        guard let number else { return nil }
        guard let unsigned = UInt64(exactly: number) else { throw RowProblem(reason: "\(column) is negative") }
        return unsigned
    }

    func state(_ column: String) throws(RowProblem) -> AppState {
        let text = try text(column)
        guard let state = AppState(rawValue: text) else {
            throw RowProblem(reason: "\(column) \"\(text)\" is unknown")
        }
        return state
    }

    /// NULL and an empty text are what older files have in place of the JSON text `null`.
    func json(_ column: String) throws(RowProblem) -> Value {
        guard let text = try optionalText(column), !text.isEmpty else { return .null }
        do {
            return try JSON.decode(text)
        } catch {
            throw RowProblem(reason: "\(column) is no JSON")
        }
    }

    /// Nil for an app with all rights. What cannot be read makes the row unreadable: it must not give more rights (P36).
    func privileges() throws(RowProblem) -> ContainerPrivileges? {
        let value = try json("privileges")
        guard !value.isNull else { return nil }
        do {
            return try ContainerPrivileges(value)
        } catch {
            throw RowProblem(reason: "privileges: \(error)")
        }
    }

    private func read<T>(_ body: (Row) throws(SQLiteError) -> T) throws(RowProblem) -> T {
        do throws(SQLiteError) {
            return try body(row)
        } catch {
            throw RowProblem(reason: error.message)
        }
    }
}
