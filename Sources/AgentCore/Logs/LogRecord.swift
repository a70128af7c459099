import AsyncSupport
import DeviceProtocol
import Values

/// Everything that belongs to one log name, with one owner: gate, ring, and the lines on their way. Streams attach and
/// detach; the record stays (C-17).
actor LogRecord {
    /// What happens to lines for which the gate is not open.
    private enum Holding: Equatable {
        /// They stay in the ring only.
        case none
        /// There is no session, or the router has not answered yet who listens.
        case untilAnswer(hadAudience: Bool)
        /// The router came back before the viewers did: lines wait for them, but not for ever.
        case forReturn(until: Duration)
    }

    /// How long after a reconnect lines wait for viewers that were there before.
    static let returnTime: Duration = .seconds(60)

    let name: String
    private let context: any DeviceContextSource
    private let time: any TimeSource
    private var gate = LogGate()
    private var ring = LogRing()
    private var batcher = LogBatcher()
    private var holding = Holding.untilAnswer(hadAudience: false)
    /// When the last listener was gone. A router that stops says so for each before it closes the device's session.
    private var closedAt: Duration?
    private var audience: (any Audience)?
    private var outgoing: [Value] = []
    private var isSending = false
    /// Whether a source or the app's work has used the name; else the record only remembers an open gate.
    private(set) var isKnown = false
    private var position = LogPosition()

    init(name: String, context: any DeviceContextSource, time: any TimeSource, audience: (any Audience)?) {
        self.name = name
        self.context = context
        self.time = time
        self.audience = audience
    }

    var isOpen: Bool { gate.isOpen }
    var lines: [String] { ring.lines }
    var hasContainerLine: Bool { ring.hasContainerLine }
    /// What is kept and what waits.
    var diagnostics: Value {
        [
            "gate": .bool(gate.isOpen), "kept_lines": .count(ring.count), "kept_bytes": .count(ring.bytes),
            "waiting_lines": .count(batcher.count), "waiting_bytes": .count(batcher.bufferedBytes),
            "outgoing": .count(outgoing.count), "dropped_lines": .integer(batcher.droppedInAll),
        ]
    }
    /// Whether a flush has something to do.
    var wantsFlush: Bool { audience != nil && gate.isOpen && !batcher.isEmpty }

    // MARK: - Lines

    /// Marks the name as known; returns whether it was not before.
    func use() -> Bool {
        defer { isKnown = true }
        return !isKnown
    }

    func append(_ line: String) {
        if line.utf8.count < LogBatcher.flushLimit {
            ring.append(line, .container)
        } else {
            for piece in LogLinePieces(line, limit: LogBatcher.flushLimit - 1) { ring.append(piece, .container) }
        }
        expireHolding()
        if gate.isOpen || holding != .none { batcher.add(line) }
    }

    /// Takes a line of a follower; returns false when it was there before.
    func append(_ line: ContainerLogLine) -> Bool {
        guard position.accept(line) else { return false }
        append(line.text)
        return true
    }

    func attach() -> LogQuery { position.attach(now: time.wall) }

    /// Keeps an agent line if the name is known, and publishes it in any case, after the lines before it.
    func write(_ line: String) async {
        if isKnown { ring.append(line, .agent) }
        enqueueFlush(limit: LogBatcher.flushLimit)
        outgoing.append(["type": "build", "chunk": .string(line)])
        await send()
    }

    func clearViewers() async {
        batcher.clear()
        outgoing.append(["type": "build", "chunk": "LOGGER_CLEAR"])
        await send()
    }

    func clear() { ring.clear() }

    /// Back to a mere gate: the app is gone, its viewers may still be there.
    func reset() {
        ring.clear()
        batcher.clear()
        position = LogPosition()
        isKnown = false
    }

    // MARK: - Publishing

    /// Publishes one message if the gate is open; returns its bytes.
    @discardableResult
    func flush(limit: Int = LogBatcher.flushLimit) async -> Int {
        let bytes = enqueueFlush(limit: limit)
        await send()
        return bytes
    }

    @discardableResult
    private func enqueueFlush(limit: Int) -> Int {
        guard audience != nil, gate.isOpen, let text = batcher.flush(limit: limit) else { return 0 }
        outgoing.append(.string(text))
        return text.utf8.count
    }

    /// One at a time and in order, whoever asks meanwhile.
    private func send() async {
        guard !isSending else { return }
        isSending = true
        while !outgoing.isEmpty {
            let message = outgoing.removeFirst()
            guard let audience else { continue }
            await audience.publish(message, to: Topics.log(name, serial: context.context.serialNumber))
        }
        isSending = false
    }

    // MARK: - Gate

    func created(_ id: UInt64) {
        gate.created(id)
        openIfListenedTo()
    }

    func deleted(_ id: UInt64) -> Bool { gate.deleted(id) }

    /// The router is going to be asked because somebody may listen now: lines wait for the answer.
    func expectAnswer() {
        if !gate.isOpen, holding == .none { holding = .untilAnswer(hadAudience: false) }
    }

    /// Asks who listens; throws what the router answered. Without a session it does nothing.
    func match() async throws(BackendError) {
        guard let audience else { return }
        let question = gate.ask()
        let wasOpen = gate.isOpen
        let ids = try await audience.subscriptions(
            matching: Topics.log(name, serial: context.context.serialNumber))
        guard gate.answered(ids, to: question) else { return }
        if gate.isOpen {
            openIfListenedTo()
        } else {
            if wasOpen { closedAt = time.monotonic }
            closeAfterAnswer()
        }
    }

    /// Ids of an older session are void, even if its loss was never told.
    func sessionEstablished(_ audience: any Audience) {
        if self.audience != nil { sessionLost() }
        self.audience = audience
    }

    /// Lines are kept from now on: whoever listens when the session is back gets them (C-62).
    func sessionLost() {
        let hadAudience =
            switch holding {
            case .none: gate.isOpen || closedAt.map { time.monotonic < $0 + Self.returnTime } ?? false
            case .untilAnswer(let before): before || gate.isOpen
            case .forReturn: true
            }
        holding = .untilAnswer(hadAudience: hadAudience)
        gate.sessionLost()
        audience = nil
        outgoing = []
    }

    private func openIfListenedTo() {
        guard holding != .none else { return }
        holding = .none
        batcher.markBacklog()
    }

    private func closeAfterAnswer() {
        expireHolding()
        switch holding {
        case .untilAnswer(hadAudience: true): holding = .forReturn(until: time.monotonic + Self.returnTime)
        case .forReturn: break
        case .untilAnswer(hadAudience: false), .none:
            holding = .none
            batcher.clear()
        }
    }

    private func expireHolding() {
        guard case .forReturn(let until) = holding, time.monotonic >= until else { return }
        holding = .none
        batcher.clear()
    }
}
