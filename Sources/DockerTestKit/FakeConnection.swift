import NIOCore
import NIOHTTP1

/// One connection of the fake engine: collects a request, then plays its answer on the event loop.
final class FakeConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let engine: FakeDockerEngine
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(engine: FakeDockerEngine) {
        self.engine = engine
    }

    func channelActive(context: ChannelHandlerContext) {
        engine.connectionChanged(by: 1)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        engine.connectionChanged(by: -1)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes):
            body += bytes.readableBytesView
        case .end:
            guard let head else { return }
            let request = FakeRequest(
                method: head.method.rawValue, target: head.uri,
                headers: head.headers.map { (name: $0.name, value: $0.value) }, body: body)
            play(engine.take(request), to: head, context: context)
        }
    }

    private func play(_ answer: FakeAnswer, to request: HTTPRequestHead, context: ChannelHandlerContext) {
        if answer.hasHead {
            var head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: Int(answer.status)))
            for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
            // Otherwise the encoder announces chunks, and ends them, behind an answer that must have no body.
            if request.method == .HEAD { head.headers.replaceOrAdd(name: "Content-Length", value: "0") }
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        play(answer.steps[...], keepsAlive: request.isKeepAlive, context: context)
    }

    private func play(_ steps: ArraySlice<FakeAnswer.Step>, keepsAlive: Bool, context: ChannelHandlerContext) {
        guard let step = steps.first else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            if !keepsAlive { context.close(promise: nil) }
            return
        }
        let rest = steps.dropFirst()
        switch step {
        case .bytes(let bytes):
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            play(rest, keepsAlive: keepsAlive, context: context)
        case .pause(let duration):
            context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(duration)) {
                self.play(rest, keepsAlive: keepsAlive, context: context)
            }
        case .hang:
            break
        case .cut:
            context.close(promise: nil)
        }
    }
}
