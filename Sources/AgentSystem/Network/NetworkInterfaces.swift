import AgentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Addresses of this machine's network interfaces.
enum NetworkInterfaces {
    /// Every IPv4 and IPv6 address with its mask, interface by interface.
    static func addresses() -> [InterfaceAddress] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [(index: UInt32, address: InterfaceAddress)] = []
        for entry in sequence(first: first, next: { $0?.pointee.ifa_next }) {
            guard let entry = entry?.pointee, let address = address(of: entry) else { continue }
            found.append((if_nametoindex(address.interface), address))
        }
        // The system lists all IPv4 addresses first; within an interface its order stays.
        return found.enumerated()
            .sorted { ($0.element.index, $0.offset) < ($1.element.index, $1.offset) }
            .map(\.element.address)
    }

    private static func address(of entry: ifaddrs) -> InterfaceAddress? {
        guard let pointer = entry.ifa_addr, let bytes = bytes(of: pointer) else { return nil }
        let isIPv6 = bytes.count == 16
        guard let text = SocketAddress.text(of: bytes) else { return nil }
        let mask = entry.ifa_netmask.flatMap { Self.bytes(of: $0, family: pointer.pointee.sa_family) }
        return InterfaceAddress(
            interface: String(cString: entry.ifa_name), address: text,
            mask: mask ?? [UInt8](repeating: 0xFF, count: bytes.count), isIPv6: isIPv6)
    }

    /// The address bytes in network order; nil for other families. The family of a mask is not always set.
    private static func bytes(of pointer: UnsafePointer<sockaddr>, family: sa_family_t? = nil) -> [UInt8]? {
        switch Int32(family ?? pointer.pointee.sa_family) {
        case AF_INET:
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin6_addr) { Array($0) }
            }
        default: nil
        }
    }
}

/// Text forms of addresses.
enum SocketAddress {
    /// Four or sixteen bytes in network order; nil for another count.
    static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var buffer = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let capacity = socklen_t(buffer.count)
        let isWritten = buffer.withUnsafeMutableBytes { output in
            bytes.withUnsafeBytes { input in
                inet_ntop(
                    bytes.count == 4 ? AF_INET : AF_INET6, input.baseAddress,
                    output.baseAddress?.assumingMemoryBound(to: CChar.self), capacity) != nil
            }
        }
        return isWritten ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : nil
    }
}
