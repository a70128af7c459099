#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Why a file operation failed. Carries no file contents, so it is safe to log.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds that callers tell apart; everything else is `.failed`.
    public enum Code: Sendable, Equatable {
        case notFound
        case permissionDenied
        case readOnly
        case noSpace
        case alreadyExists
        case notDirectory
        case isDirectory
        case notEmpty
        /// Another process holds the lock.
        case locked
        /// The name or path is not acceptable; nothing was touched.
        case invalidPath
        /// More bytes than the file may hold.
        case tooLarge
        case failed
    }

    public var code: Code
    public var path: String
    /// The system's text for the error number, or ours.
    public var text: String

    public init(_ code: Code, path: String, text: String) {
        self.code = code
        self.path = path
        self.text = text
    }

    public var description: String { "\(path): \(text)" }

    /// Translates an error number of the system.
    public init(errno number: Int32, path: String) {
        let text =
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
                buffer.initialize(repeating: 0)
                guard let start = buffer.baseAddress else { return "error \(number)" }
                _ = strerror_r(number, start, buffer.count - 1)
                let text = String(cString: start)
                return text.isEmpty ? "error \(number)" : text
            }
        self.init(Self.code(of: number), path: path, text: text)
    }

    /// The error number that the last failed call left behind.
    static func last(_ path: String) -> FileError { FileError(errno: errno, path: path) }

    private static func code(of number: Int32) -> Code {
        switch number {
        case ENOENT: .notFound
        case EACCES, EPERM: .permissionDenied
        case EROFS: .readOnly
        case ENOSPC, EDQUOT: .noSpace
        case EEXIST: .alreadyExists
        case ENOTDIR: .notDirectory
        case EISDIR: .isDirectory
        case ENOTEMPTY: .notEmpty
        case EWOULDBLOCK: .locked
        case EFBIG: .tooLarge
        case EINVAL, ENAMETOOLONG, ELOOP: .invalidPath
        default: .failed
        }
    }
}
