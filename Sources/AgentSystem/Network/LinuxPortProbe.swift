public import AgentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds out by binding, which takes some microseconds and leaves nothing behind.
public struct LinuxPortProbe: PortProbe {
    public init() {}

    public func isFree(_ port: UInt16, _ transport: PortTransport) async -> Bool {
        Self.canBind(AF_INET, port, transport) && Self.canBind(AF_INET6, port, transport)
    }

    /// A machine without the address family has nobody there who could be in the way.
    private static func canBind(_ family: Int32, _ port: UInt16, _ transport: PortTransport) -> Bool {
        let kind = transport == .tcp ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        let descriptor = socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // A connection that is closing does not keep a port from being listened on; with udp it would hide an owner.
        if transport == .tcp { setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size) }
        if family == AF_INET6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            return isBound(descriptor, &address)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return isBound(descriptor, &address)
    }

    /// Only "in use" is a no: what else keeps this process from binding need not keep the engine.
    private static func isBound<Address>(_ descriptor: Int32, _ address: inout Address) -> Bool {
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        return result == 0 || errno != EADDRINUSE
    }
}
