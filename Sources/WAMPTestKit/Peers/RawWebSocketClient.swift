import AsyncSupport
import NIOCore
import NIOPosix
import WAMPTransport

/// The client's end of a WebSocket, byte by byte and frame by frame; it can break every rule.
///
/// Used by the one task that plays the client.
public final class RawWebSocketClient: WebSocketEnd {
    /// Where a server listens.
    public enum Target: Sendable {
        case port(Int)
        case socket(String)
    }

    public let raw: RawPeer

    /// Connects and sends nothing.
    public init(_ target: Target) async throws {
        let inbound = BoundedChannel<ByteBuffer>(capacity: 100_000, overflow: .fail)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(InboundCollector(inbound))
                }
            }
        let channel =
            switch target {
            case .port(let port): try await bootstrap.connect(host: "127.0.0.1", port: port).get()
            case .socket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
            }
        raw = RawPeer(AcceptedConnection(channel: channel, inbound: inbound))
    }

    /// Connects and does the opening handshake.
    public convenience init(opening target: Target, subprotocol: String = "wamp.2.json") async throws {
        try await self.init(target)
        let head = try await request(["Sec-WebSocket-Protocol: \(subprotocol)"])
        guard head.first?.contains(" 101 ") == true else { throw ScriptError("No upgrade: \(head)") }
    }

    /// Sends an upgrade request with further lines; returns the lines of the answer's head.
    public func request(
        _ lines: [String] = [], path: String = "/ws", method: String = "GET", version: String = "HTTP/1.1",
        host: String = "Host: localhost", without missing: String = "-"
    ) async throws -> [String] {
        let all =
            [
                "\(method) \(path) \(version)", host, "Upgrade: websocket", "Connection: keep-alive, Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
            ] + lines
        try await raw.write(all.filter { !$0.hasPrefix(missing) }.joined(separator: "\r\n") + "\r\n\r\n")
        return try await raw.takeRequestHead()
    }

    // MARK: - Frames

    /// Sends a masked frame.
    public func send(_ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true) async throws {
        try await raw.write(WebSocketPeer.bytes(opcode, payload, fin: fin, mask: [1, 2, 3, 4]))
    }

    public func send(_ text: String) async throws { try await send(0x1, Array(text.utf8)) }

    /// The next frame of the server. Fails for a frame with a mask.
    public func receive() async throws -> (opcode: UInt8, payload: [UInt8]) {
        try await raw.take { buffer in
            var rest = buffer
            guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self) else {
                return nil
            }
            guard second & 0x80 == 0 else { throw ScriptError("The server sent a frame with a mask.") }
            var length = Int(second)
            if length == 126 {
                guard let long = rest.readInteger(as: UInt16.self) else { return nil }
                length = Int(long)
            } else if length == 127 {
                guard let long = rest.readInteger(as: UInt64.self) else { return nil }
                length = Int(clamping: long)
            }
            guard let payload = rest.readBytes(length: length) else { return nil }
            buffer = rest
            return (first & 0x0f, payload)
        }
    }
}
