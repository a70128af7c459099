import AsyncSupport
public import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The server's end of one accepted connection, byte by byte; it can misbehave in every way TCP allows.
///
/// Used by the one task that plays the server.
public final class RawPeer {
    private let connection: AcceptedConnection
    private var unread = ByteBuffer()

    init(_ connection: AcceptedConnection) { self.connection = connection }

    /// Reads at least one more piece; false at the end of the connection.
    public func readMore() async -> Bool {
        guard var piece = await connection.inbound.next() else { return false }
        // A long conversation must not stay in memory.
        if unread.readerIndex > 1 << 16 { unread.discardReadBytes() }
        unread.writeBuffer(&piece)
        return true
    }

    /// For writing from another task than the one that plays the server.
    public var channel: any Channel { connection.channel }

    /// What arrived and was not taken yet.
    public var buffered: ByteBuffer { unread }

    /// Takes what the closure reads from the buffer, reading on until it returns something.
    public func take<T>(_ read: (inout ByteBuffer) throws -> T?) async throws -> T {
        while true {
            if let value = try read(&unread) { return value }
            guard await readMore() else { throw ScriptError("The client ended the connection.") }
        }
    }

    /// The head of an HTTP request up to the empty line, as its lines.
    public func takeRequestHead() async throws -> [String] {
        try await take { buffer in
            let text = String(buffer: buffer)
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            let head = text[..<end.lowerBound]
            buffer.moveReaderIndex(forwardBy: head.utf8.count + 4)
            return head.split(separator: "\r\n").map(String.init)
        }
    }

    public func write(_ bytes: ByteBuffer) async throws {
        try await connection.channel.writeAndFlush(bytes)
    }

    public func write(_ text: String) async throws { try await write(ByteBuffer(string: text)) }

    /// Ends with FIN.
    public func close() async { try? await connection.channel.close() }

    /// Ends with RST: no close frame, no FIN.
    public func reset() async throws {
        guard let socket = connection.channel as? any SocketOptionProvider else {
            throw ScriptError("The connection is no socket.")
        }
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    /// Waits until the client has gone; what it still sends is thrown away.
    public func waitForEnd() async {
        while await readMore() { unread.clear() }
    }
}

/// A scripted conversation went another way.
public struct ScriptError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

extension RawPeer {
    /// Becomes a tunnel: connects to the port, sends the answer, then passes bytes in both directions until one side
    /// ends.
    public func forward(toLoopbackPort port: Int, answer: String) async throws {
        let front = connection.channel
        let back = try await ClientBootstrap(group: front.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Forwarder(target: front))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await write(answer)
        while await readMore() {
            try await back.writeAndFlush(unread)
            unread.clear()
        }
        try? await back.close()
    }
}

/// Writes what arrives to another channel and ends with it.
private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let target: any Channel

    init(target: any Channel) { self.target = target }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        target.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { target.close(promise: nil) }
}
