#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Text arithmetic on paths, and following links.
public enum FilePath {
    /// Everything before the last component; `.` for a bare name, `/` for a file in the root.
    public static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// Puts exactly one slash between the two.
    public static func join(_ directory: String, _ name: String) -> String {
        directory.utf8.last == UInt8(ascii: "/") ? directory + name : directory + "/" + name
    }

    /// The file that a path finally names: links are followed, also a link whose target does not exist yet. Needed
    /// because a rename replaces the link itself (the identity of flashed devices is a link, system.md 2.2).
    public static func resolved(_ path: String) throws(FileError) -> String {
        var current = path
        for _ in 0..<40 {
            var raw = stat()
            guard lstat(current, &raw) == 0, FileStatus(raw).kind == .symbolicLink else { return current }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let length = readlink(current, &buffer, buffer.count)
            guard length >= 0 else { throw FileError.last(current) }
            let target = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            current = target.utf8.first == UInt8(ascii: "/") ? target : join(directory(of: current), target)
        }
        throw FileError(.invalidPath, path: path, text: "too many symbolic links")
    }
}
