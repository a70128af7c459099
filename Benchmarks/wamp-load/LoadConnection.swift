import NIOCore
import NIOPosix
import Values
import WAMP
import WAMPTransport

/// Who joins where.
struct LoadAccount: Sendable {
    var url: WebSocketURL
    var realm: String
    /// Nil joins anonymously.
    var authID: String?
    var secret: String
}

/// Something that must not happen while a figure is taken.
struct LoadError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// One connection of the load generator. After WELCOME no message is decoded or encoded as a whole any more: numbers are
/// read from the bytes and the rest is compared or prebuilt, so that the generator stays cheaper than any router.
actor LoadConnection {
    enum Role { case joining, idle, callee, caller, publisher, subscriber, closed }

    nonisolated let channel: any Channel
    nonisolated var unownedExecutor: UnownedSerialExecutor { channel.eventLoop.executor.asUnownedSerialExecutor() }

    private let account: LoadAccount
    private let codec = JSONMessageCodec()
    var role = Role.joining
    var joining: CheckedContinuation<Void, any Error>?
    /// An answer to SUBSCRIBE, REGISTER or PUBLISH.
    var acknowledgement: CheckedContinuation<Void, any Error>?
    var calls = CallState()
    var events = EventState()
    var needsFlush = false

    init(channel: any Channel, account: LoadAccount) {
        self.channel = channel
        self.account = account
    }

    static func open(_ account: LoadAccount, on loop: any EventLoop) async throws -> LoadConnection {
        let connection = try await WebSocketClientTransport.connect(
            url: account.url, subprotocols: ["wamp.2.json"],
            configuration: WebSocketConfiguration(
                connectTimeout: .seconds(30), pingInterval: nil, userAgent: "wamp-load"),
            group: loop
        ) { channel, _ in
            let connection = LoadConnection(channel: channel, account: account)
            try channel.pipeline.syncOperations.addHandler(LoadHandler(connection))
            return connection
        }
        try await connection.join()
        return connection
    }

    private func join() async throws {
        try await withCheckedThrowingContinuation { continuation in
            joining = continuation
            let method = account.authID == nil ? "anonymous" : "wampcra"
            let features: (String...) -> Value = { ["features": .object(Object($0.map { ($0, true) }))] }
            var details: Object = [
                "roles": [
                    "publisher": features("publisher_identification"),
                    "subscriber": features("publisher_identification"),
                    "caller": features("caller_identification"), "callee": features("caller_identification"),
                ], "authmethods": [.string(method)],
            ]
            if let authID = account.authID { details["authid"] = .string(authID) }
            send(.hello(realm: account.realm, details: details))
        }
    }

    /// Ends the connection without waiting for the router.
    nonisolated func close() { channel.close(promise: nil) }

    private func send(_ message: Message) {
        do {
            var buffer = channel.allocator.buffer(capacity: 512)
            try codec.encode(message, into: &buffer)
            write(buffer)
            flush()
        } catch {
            fail(LoadError("\(error)"))
        }
    }

    // MARK: - Raw messages

    func write(_ buffer: ByteBuffer) {
        channel.write(WebSocketMessage(data: buffer, isText: true), promise: nil)
        needsFlush = true
    }

    func flush() {
        guard needsFlush else { return }
        needsFlush = false
        channel.flush()
    }

    /// Sends a request and waits for its acknowledgement.
    func request(_ text: String) async throws {
        try await withCheckedThrowingContinuation { continuation in
            acknowledgement = continuation
            write(ByteBuffer(string: text))
            flush()
        }
    }

    func received(_ buffer: ByteBuffer) {
        if role == .joining { return joiningReceived(buffer) }
        let head = MessageHead(buffer)
        switch (head.code, role) {
        case (MessageHead.invocation, .callee): answer(head.first, buffer)
        case (MessageHead.result, .caller): returned(head.first, buffer)
        case (MessageHead.event, .subscriber): arrived(buffer)
        case (MessageHead.subscribed, _), (MessageHead.registered, _), (MessageHead.published, _):
            acknowledgement.take()?.resume()
        default: fail(LoadError("unexpected message: \(String(buffer: buffer).prefix(200))"))
        }
    }

    private func joiningReceived(_ buffer: ByteBuffer) {
        do {
            switch try codec.decode(buffer) {
            case .challenge(_, let extra):
                let signature = WAMPCRA.signature(challenge: extra["challenge"]?.string ?? "", key: account.secret)
                send(.authenticate(signature: signature, extra: [:]))
            case .welcome:
                role = .idle
                joining.take()?.resume()
            case let other: throw LoadError("not welcome: \(other)")
            }
        } catch {
            fail(error)
        }
    }

    func fail(_ error: any Error) {
        guard role != .closed else { return }
        role = .closed
        joining.take()?.resume(throwing: error)
        acknowledgement.take()?.resume(throwing: error)
        calls.done.take()?.resume(throwing: error)
        channel.close(promise: nil)
    }
}

/// Hands messages to the connection, which lives on the same event loop.
private final class LoadHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketMessage
    private let connection: LoadConnection

    init(_ connection: LoadConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data).data
        connection.assumeIsolated { $0.received(buffer) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { connection.assumeIsolated { $0.flush() } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.assumeIsolated { $0.fail(error) }
    }
}
