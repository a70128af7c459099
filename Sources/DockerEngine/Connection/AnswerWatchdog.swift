import NIOCore
import NIOHTTP1

/// Fails and closes a connection whose answer does not begin, or does not go on, in time.
///
/// A consumer that takes nothing for that long ends it too: reading is its business, so nothing is read meanwhile.
final class AnswerWatchdog: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private let limits: StreamConnection.Limits
    private var timer: Scheduled<Void>?
    /// Nil until the head has come.
    private var lastActivity: NIODeadline?

    init(limits: StreamConnection.Limits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        schedule(after: TimeAmount(limits.head), context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if lastActivity == nil {
            timer?.cancel()
            timer = nil
            if let limit = limits.inactivity { schedule(after: TimeAmount(limit), context: context) }
        }
        lastActivity = .now()
        if case .end = unwrapInboundIn(data) {
            timer?.cancel()
            timer = nil
        }
        context.fireChannelRead(data)
    }

    private func schedule(after delay: TimeAmount, context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.expire(context: context) }
    }

    /// One timer at a time, moved on when it finds that there was activity meanwhile.
    private func expire(context: ChannelHandlerContext) {
        if let lastActivity, let limit = limits.inactivity {
            let due = lastActivity + TimeAmount(limit)
            if due > .now() {
                schedule(after: due - .now(), context: context)
                return
            }
        }
        timer = nil
        let text = lastActivity == nil ? "did not answer in time" : "sent nothing for \(limits.inactivity ?? .zero)"
        context.fireErrorCaught(DockerError(.timedOut, "the engine \(text)"))
        context.close(promise: nil)
    }
}
