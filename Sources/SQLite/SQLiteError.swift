import CSQLite

/// Why a database did not do what it was asked. Bound values are never part of the text.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The result codes that callers tell apart (sqlite.org/rescode.html), and our own refusals.
    public enum Code: Sendable, Equatable {
        /// Another connection holds the lock and did not let go within the busy time-out.
        case busy
        case locked
        case constraint
        case readOnly
        case corrupt
        case notADatabase
        case full
        case inputOutput
        case cannotOpen
        case outOfMemory
        /// A statement that is no SQL, or that names what does not exist.
        case sql
        /// A column that is missing or has another type than the reader asks for.
        case mismatch
        /// A schema of a newer program (see ``Migration``).
        case newerSchema
        case closed
        case other
    }

    public var code: Code
    /// The library's extended result code, 0 for our own refusals; its low byte is the primary code.
    public var extendedCode: Int32
    public var message: String

    public init(_ code: Code, extendedCode: Int32 = 0, _ message: String) {
        self.code = code
        self.extendedCode = extendedCode
        self.message = message
    }

    public var primaryCode: Int32 { extendedCode & 0xFF }

    public var description: String {
        extendedCode == 0 ? message : "\(message) (SQLite result \(extendedCode))"
    }
}

extension SQLiteError {
    /// Translates the library's result code; the one place that knows both sides.
    init(result: Int32, message: String) {
        let code: Code =
            switch result & 0xFF {
            case SQLITE_BUSY: .busy
            case SQLITE_LOCKED: .locked
            case SQLITE_CONSTRAINT: .constraint
            case SQLITE_READONLY: .readOnly
            case SQLITE_CORRUPT: .corrupt
            case SQLITE_NOTADB: .notADatabase
            case SQLITE_FULL: .full
            case SQLITE_IOERR: .inputOutput
            case SQLITE_CANTOPEN, SQLITE_PERM: .cannotOpen
            case SQLITE_NOMEM: .outOfMemory
            case SQLITE_ERROR: .sql
            case SQLITE_MISMATCH: .mismatch
            default: .other
            }
        self.init(code, extendedCode: result, message)
    }
}
