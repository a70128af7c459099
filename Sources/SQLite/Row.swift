/// One row of a result, detached from the statement that made it.
public struct Row: Sendable, Equatable {
    /// In the order of the statement.
    public let columns: [String]
    public let values: [SQLiteValue]

    /// The value of a column, compared without case as SQLite does; nil when the result has no such column.
    public subscript(column: String) -> SQLiteValue? {
        let wanted = column.lowercased()
        return columns.firstIndex { $0.lowercased() == wanted }.map { values[$0] }
    }
}

/// Typed reading. Nothing is converted: a column of another type is an error that names the column.
extension Row {
    public func integer(_ column: String) throws(SQLiteError) -> Int64 {
        guard case .integer(let value) = try value(column) else { throw try mismatch(column, "integer") }
        return value
    }

    public func real(_ column: String) throws(SQLiteError) -> Double {
        guard case .real(let value) = try value(column) else { throw try mismatch(column, "real") }
        return value
    }

    public func text(_ column: String) throws(SQLiteError) -> String {
        guard case .text(let value) = try value(column) else { throw try mismatch(column, "text") }
        return value
    }

    public func blob(_ column: String) throws(SQLiteError) -> [UInt8] {
        guard case .blob(let value) = try value(column) else { throw try mismatch(column, "blob") }
        return value
    }

    /// False for 0, true for every other integer.
    public func boolean(_ column: String) throws(SQLiteError) -> Bool { try integer(column) != 0 }

    /// nil for NULL.
    public func optionalInteger(_ column: String) throws(SQLiteError) -> Int64? {
        try value(column).isNull ? nil : try integer(column)
    }

    /// nil for NULL.
    public func optionalText(_ column: String) throws(SQLiteError) -> String? {
        try value(column).isNull ? nil : try text(column)
    }

    private func value(_ column: String) throws(SQLiteError) -> SQLiteValue {
        guard let value = self[column] else { throw SQLiteError(.mismatch, "the result has no column \(column)") }
        return value
    }

    private func mismatch(_ column: String, _ wanted: String) throws(SQLiteError) -> SQLiteError {
        SQLiteError(.mismatch, "column \(column) holds \(try value(column).typeName) instead of \(wanted)")
    }
}
