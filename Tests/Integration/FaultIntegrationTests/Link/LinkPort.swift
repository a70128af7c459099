import Foundation
import WAMPTestKit

/// A listening socket without anybody behind it whose queue is full: a further TCP connect is never answered.
struct FullListener: Sendable {
    let port: Int
    private let sockets: [Int32]

    init() throws {
        let (listener, port) = try LinkPort.bound()
        guard listen(listener, 0) == 0 else { throw ScriptError("no listener") }
        var address = LinkPort.address(port)
        var sockets = [listener]
        for _ in 0..<4 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            sockets.append(client)
        }
        self.port = port
        self.sockets = sockets
    }

    func close() { for socket in sockets { Foundation.close(socket) } }
}

/// Ports of the loopback interface.
enum LinkPort {
    /// One that nobody listens on now.
    static func free() throws -> Int {
        let (socket, port) = try bound()
        close(socket)
        return port
    }

    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return address
    }

    static func bound() throws -> (socket: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard isBound else { throw ScriptError("no port") }
        return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
    }
}
