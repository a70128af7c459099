#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The file of a listening Unix socket.
struct UnixSocketFile: Sendable {
    /// `sun_path` of unix(7), with its final zero.
    static let longestPath = 107

    let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Makes the socket, bound and with mode 0600, and returns its descriptor, which the caller closes.
    ///
    /// A socket file that nobody listens on any more is removed; anything else in its place is left alone.
    /// Throws `TransportError` with code `unreachable`.
    static func bind(_ path: String) throws(TransportError) -> (file: UnixSocketFile, descriptor: Int32) {
        guard path.hasPrefix("/"), path.utf8.count <= longestPath, !path.utf8.contains(0) else {
            throw TransportError(
                .unreachable, "The socket path \(path) is not absolute or longer than \(longestPath) bytes.")
        }
        try makeRoom(path)
        let descriptor = socket(AF_UNIX, streamType | Int32(closeOnExec), 0)
        guard descriptor >= 0 else { throw failure(path, "be made") }
        // The mode of the descriptor becomes the mode of the file, so that it is never open to others (unix(7)).
        guard fchmod(descriptor, 0o600) == 0, withAddress(path, { bindSocket(descriptor, $0, $1) }) == 0,
            let status = status(path)
        else {
            let error = failure(path, "be bound")
            close(descriptor)
            throw error
        }
        return (UnixSocketFile(path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino)), descriptor)
    }

    /// Removes the file, if it is still this one.
    func remove() {
        guard let now = Self.status(path), UInt64(now.st_dev) == device, UInt64(now.st_ino) == inode else { return }
        unlink(path)
    }

    private static func makeRoom(_ path: String) throws(TransportError) {
        guard let status = status(path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw TransportError(.unreachable, "\(path) exists and is no socket; it is left alone.")
        }
        let probe = socket(AF_UNIX, streamType | Int32(closeOnExec), 0)
        guard probe >= 0 else { throw failure(path, "be examined") }
        defer { close(probe) }
        let connected = withAddress(path) { connect(probe, $0, $1) }
        guard connected != 0 else {
            throw TransportError(.unreachable, "Another process listens on \(path).")
        }
        guard errno == ECONNREFUSED else { throw failure(path, "be examined") }
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path, "be removed") }
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    private static func failure(_ path: String, _ deed: String) -> TransportError {
        TransportError(.unreachable, "The socket \(path) cannot \(deed): \(String(cString: strerror(errno))).")
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(longestPath)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static var streamType: Int32 {
        #if canImport(Glibc)
            Int32(SOCK_STREAM.rawValue)
        #else
            SOCK_STREAM
        #endif
    }

    private static var closeOnExec: UInt32 {
        #if canImport(Glibc)
            SOCK_CLOEXEC.rawValue
        #else
            UInt32(SOCK_CLOEXEC)
        #endif
    }
}

/// The function of the C library, which a method of the same name would hide.
private func bindSocket(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    bind(descriptor, address, length)
}
