#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The studio's own Unix socket in its data directory: commands of the same user come in without a secret.
public enum StudioSocket {
    /// The system's limit is 108 bytes with a NUL; a little is left for what makes the socket.
    private static let maximumLength = 100

    /// The absolute path; nil when it would be too long for the system.
    public static func path(in data: String) -> String? {
        guard let directory = absolute(data) else { return nil }
        let path = directory + "/studio.sock"
        return path.utf8.count <= maximumLength ? path : nil
    }

    /// How clients name the socket.
    public static func url(_ path: String) -> String { "ws+unix://\(path)" }

    /// Whether there is a socket, perhaps one that a killed studio left behind.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && (status.st_mode & S_IFMT) == S_IFSOCK
    }

    private static func absolute(_ path: String) -> String? {
        if path.hasPrefix("/") { return path }
        guard let buffer = getcwd(nil, 0) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer) + "/" + path
    }
}
