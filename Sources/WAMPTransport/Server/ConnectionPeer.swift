import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Who is at the other end of an accepted connection, as far as the operating system knows.
public enum ConnectionPeer: Sendable, Hashable {
    /// The address in its textual form, without the port.
    case network(address: String)
    /// A process of this machine on a Unix socket, with the user that it runs as (`SO_PEERCRED`).
    case local(userID: UInt32)
    /// The operating system does not say.
    case unknown

    /// Asks the channel; on its event loop.
    static func of(_ channel: any Channel, isLocal: Bool) -> ConnectionPeer {
        guard isLocal else {
            return channel.remoteAddress?.ipAddress.map { .network(address: $0) } ?? .unknown
        }
        return userID(channel).map { .local(userID: $0) } ?? .unknown
    }

    /// `struct ucred` of unix(7): process, user, group.
    private struct Credentials: Sendable {
        var process: Int32 = 0
        var user: UInt32 = .max
        var group: UInt32 = .max
    }

    private static func userID(_ channel: any Channel) -> UInt32? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        let answer: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        // On its own loop the channel answers at once.
        var credentials: Credentials?
        answer.assumeIsolated().whenSuccess { credentials = $0 }
        guard let credentials, credentials.user != .max else { return nil }
        return credentials.user
    }
}
