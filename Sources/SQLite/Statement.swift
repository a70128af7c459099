import CSQLite

/// A prepared statement, finalised when it goes out of scope on whatever path (P32).
struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    /// The statement that begins at a position of a text, which is moved behind it; nil when there is only space and
    /// comments.
    static func prepare(
        _ sql: [CChar], at position: inout Int, on database: OpaquePointer
    ) throws(SQLiteError) -> Statement? {
        var handle: OpaquePointer?
        let start = position
        var end = start
        let result = sql.withUnsafeBufferPointer { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return SQLITE_NOMEM }
            var tail: UnsafePointer<CChar>?
            let result = sqlite3_prepare_v2(database, base + start, Int32(buffer.count - start), &handle, &tail)
            end = tail.map { base.distance(to: $0) } ?? buffer.count
            return result
        }
        guard result == SQLITE_OK else { throw Connection.error(result, on: database) }
        position = end
        guard let handle else { return nil }
        return Statement(handle: handle, database: database)
    }

    private init(handle: OpaquePointer, database: OpaquePointer) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

    borrowing func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        let wanted = Int(sqlite3_bind_parameter_count(handle))
        guard values.count == wanted else {
            throw SQLiteError(.mismatch, "the statement takes \(wanted) values, got \(values.count)")
        }
        for (offset, value) in values.enumerated() {
            let result = bind(value, at: Int32(offset + 1))
            guard result == SQLITE_OK else { throw Connection.error(result, on: database) }
        }
    }

    private borrowing func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        // The library's SQLITE_TRANSIENT, a macro that is not imported: "make a copy before you return".
        let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null:
            return sqlite3_bind_null(handle, index)
        case .integer(let number):
            return sqlite3_bind_int64(handle, index, number)
        case .real(let number):
            return sqlite3_bind_double(handle, index, number)
        case .text(let text):
            // With its length, so that U+0000 inside is kept.
            var text = text
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_bind_text64(
                        handle, index, characters.baseAddress, UInt64(characters.count), copy, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), copy)
            }
        }
    }

    /// Runs to the end and returns the rows.
    borrowing func run() throws(SQLiteError) -> [Row] {
        let count = sqlite3_column_count(handle)
        var columns: [String] = []
        for index in 0..<count {
            columns.append(sqlite3_column_name(handle, index).map { String(cString: $0) } ?? "")
        }
        var rows: [Row] = []
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW:
                var values: [SQLiteValue] = []
                for index in 0..<count { values.append(value(at: index)) }
                rows.append(Row(columns: columns, values: values))
            case SQLITE_DONE: return rows
            case let result: throw Connection.error(result, on: database)
            }
        }
    }

    private borrowing func value(at index: Int32) -> SQLiteValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(handle, index) else { return .text("") }
            let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            guard let blob = sqlite3_column_blob(handle, index) else { return .blob([]) }
            let bytes = UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(handle, index)))
            return .blob(Array(bytes))
        default: return .null
        }
    }
}
