import AgentCore
import AgentSystem
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Ports of this machine")
struct PortProbeTests {
    /// A socket on a port that the kernel chose.
    private static func listening(_ kind: __socket_type, on host: UInt32) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(kind.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = host.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(isBound)
        if kind == SOCK_STREAM { try #require(listen(descriptor, 1) == 0) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    @Test("a port that somebody listens on is taken, also on the loopback alone, and free again afterwards (3.6)")
    func tcp() async throws {
        let probe = LinuxPortProbe()
        for host: UInt32 in [0x7F00_0001, 0] {
            let (descriptor, port) = try Self.listening(SOCK_STREAM, on: host)
            #expect(await !probe.isFree(port, .tcp))
            close(descriptor)
            #expect(await probe.isFree(port, .tcp))
        }
    }

    @Test("udp is looked at by itself")
    func udp() async throws {
        let probe = LinuxPortProbe()
        let (descriptor, port) = try Self.listening(SOCK_DGRAM, on: 0x7F00_0001)
        #expect(await !probe.isFree(port, .udp))
        close(descriptor)
        #expect(await probe.isFree(port, .udp))
    }
}
