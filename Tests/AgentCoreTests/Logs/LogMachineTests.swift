import AgentCore
import AsyncSupport
import DeviceProtocol
import Testing
import Values

@Suite("The gate of a log name")
struct LogGateTests {
    /// A gate that was opened by an answer of the router.
    private func gate(openWith id: UInt64) -> LogGate {
        var gate = LogGate()
        gate.created(id)
        return gate
    }

    @Test("it opens with a subscription and closes when nobody is left")
    func opensAndCloses() {
        var gate = LogGate()
        #expect(!gate.isOpen)
        gate.created(7)
        #expect(gate.isOpen)
        let mustAsk = gate.deleted(7)
        #expect(mustAsk)
        #expect(gate.isOpen, "unchanged until the router has answered")
        let question = gate.ask()
        let isCurrent = gate.answered([], to: question)
        #expect(isCurrent)
        #expect(!gate.isOpen)
    }

    @Test("C68: a list opens the gate with its first id, an empty one closes it")
    func answers() {
        var gate = LogGate()
        var question = gate.ask()
        _ = gate.answered([5, 6], to: question)
        #expect(gate.isOpen)
        let other = gate.deleted(6)
        #expect(!other)
        let first = gate.deleted(5)
        #expect(first)
        question = gate.ask()
        _ = gate.answered([], to: question)
        #expect(!gate.isOpen)
    }

    @Test("C69: the deletion of the old subscription after the creation of the new one leaves the gate open")
    func refresh() {
        var gate = gate(openWith: 1)
        gate.created(2)
        let mustAsk = gate.deleted(1)
        #expect(!mustAsk)
        #expect(gate.isOpen)
    }

    @Test("C118: a viewer leaves while a bridge's prefix subscription still matches: the gate stays open (C-71)")
    func bridge() {
        var gate = gate(openWith: 1)
        let mustAsk = gate.deleted(1)
        #expect(mustAsk)
        let question = gate.ask()
        _ = gate.answered([90], to: question)
        #expect(gate.isOpen)
        let later = gate.deleted(90)
        #expect(later)
    }

    @Test("an answer that is older than a creation does not close the gate")
    func creationWins() {
        var gate = LogGate()
        let question = gate.ask()
        gate.created(3)
        _ = gate.answered([], to: question)
        #expect(gate.isOpen)
    }

    @Test("an answer that is older than a deletion does not open the gate")
    func deletionWins() {
        var gate = LogGate()
        let question = gate.ask()
        _ = gate.deleted(3)
        _ = gate.answered([3], to: question)
        #expect(!gate.isOpen)
    }

    @Test("created and deleted while the router is asked: nobody is there")
    func shortVisit() {
        var gate = LogGate()
        let question = gate.ask()
        gate.created(3)
        _ = gate.deleted(3)
        _ = gate.answered([], to: question)
        #expect(!gate.isOpen)
    }

    @Test("only the newest question counts")
    func newestQuestion() {
        var gate = LogGate()
        let old = gate.ask()
        let new = gate.ask()
        let first = gate.answered([1], to: old)
        #expect(!first)
        #expect(!gate.isOpen)
        let second = gate.answered([1], to: new)
        #expect(second)
        #expect(gate.isOpen)
    }

    @Test("ids of a lost session mean nothing, and neither do its late answers (C-19)")
    func sessionLost() {
        var gate = gate(openWith: 1)
        let question = gate.ask()
        gate.sessionLost()
        #expect(!gate.isOpen)
        let isCurrent = gate.answered([1], to: question)
        #expect(!isCurrent)
        #expect(!gate.isOpen)
    }
}

@Suite("The ring of a log name")
struct LogRingTests {
    @Test("C94: a full ring, an agent line and 1000 more lines: still 100 (C-22)")
    func cap() {
        var ring = LogRing()
        for number in 0..<100 { ring.append("line \(number)", .container) }
        ring.append("agent", .agent)
        #expect(ring.lines.count == 100)
        for number in 0..<1000 { ring.append("more \(number)", number.isMultiple(of: 2) ? .agent : .container) }
        #expect(ring.lines.count == 100)
        #expect(ring.lines.first == "more 900")
        #expect(ring.lines.last == "more 999")
    }

    @Test("it knows whether a line of the container is in it")
    func kinds() {
        var ring = LogRing()
        #expect(ring.isEmpty)
        ring.append("agent", .agent)
        #expect(!ring.hasContainerLine)
        ring.append("line", .container)
        #expect(ring.hasContainerLine)
        ring.clear()
        #expect(ring.isEmpty)
    }

    @Test("its bytes are bounded too, and the newest line always stays")
    func bytes() {
        var ring = LogRing()
        let long = String(repeating: "x", count: 200 << 10)
        for _ in 0..<50 { ring.append(long, .container) }
        #expect(ring.lines.count == 5)
        ring.append(String(repeating: "y", count: 2 << 20), .container)
        #expect(ring.lines.count == 1)
    }
}

/// A batcher by reference: expectations cannot hold mutating calls.
private final class Batches {
    private var batcher = LogBatcher()
    var isEmpty: Bool { batcher.isEmpty }
    var bufferedBytes: Int { batcher.bufferedBytes }
    func add(_ line: String) { batcher.add(line) }
    func markBacklog() { batcher.markBacklog() }
    func flush(limit: Int = LogBatcher.flushLimit) -> String? { batcher.flush(limit: limit) }
}

/// A position by reference.
private final class Position {
    private var position = LogPosition()
    func attach(now: WallTime) -> LogQuery { position.attach(now: now) }
    func accept(_ line: ContainerLogLine) -> Bool { position.accept(line) }
}

@Suite("Batches of lines")
struct LogBatcherTests {
    private func line(_ kibibytes: Int, _ letter: String = "x") -> String {
        String(repeating: letter, count: kibibytes << 10)
    }

    @Test("C59: three lines are one message, joined with LF")
    func joins() {
        let batcher = Batches()
        for line in ["a", "b", "c"] { batcher.add(line) }
        #expect(batcher.flush() == "a\nb\nc")
        #expect(batcher.isEmpty)
    }

    @Test("C60: nothing buffered, nothing published")
    func nothing() {
        let batcher = Batches()
        #expect(batcher.flush() == nil)
    }

    @Test("an empty line is a line")
    func emptyLine() {
        let batcher = Batches()
        batcher.add("")
        #expect(batcher.flush() == "")
        batcher.add("")
        batcher.add("a")
        #expect(batcher.flush() == "\na")
    }

    @Test("C61: of four lines of 100 KiB at most 256 KiB go out, the newest, after a marker where the others were")
    func overFlush() throws {
        let batcher = Batches()
        for letter in ["a", "b", "c", "d"] { batcher.add(line(100, letter)) }
        let message = try #require(batcher.flush() as String?)
        let lines = message.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first == "… 2 lines dropped (rate limit)")
        #expect(lines[1].first == "c")
        #expect(lines[2].first == "d")
        #expect(lines.dropFirst().reduce(0) { $0 + $1.utf8.count + 1 } <= 256 << 10)
        #expect(batcher.isEmpty)
    }

    @Test("C62: of fifteen lines of 100 KiB at most 1 MiB waits, and the drops are counted")
    func overBuffer() throws {
        let batcher = Batches()
        for number in 0..<15 {
            batcher.add(line(100, number < 14 ? "x" : "z"))
            #expect(batcher.bufferedBytes <= 1 << 20)
        }
        let message = try #require(batcher.flush() as String?)
        #expect(message.hasPrefix("… 13 lines dropped (rate limit)\n"))
        #expect(message.hasSuffix("z"))
        #expect(batcher.bufferedBytes == 0)
    }

    @Test("C96: a line of 300 KiB is delivered in pieces and takes nothing with it (C-21)")
    func longLine() throws {
        let batcher = Batches()
        let long = line(300)
        batcher.add("before")
        batcher.add(long)
        batcher.add("after")
        var messages: [String] = []
        while let message = batcher.flush() {
            #expect(message.utf8.count <= 256 << 10)
            messages.append(message)
        }
        let lines = messages.flatMap { $0.split(separator: "\n") }
        #expect(lines.first == "before")
        #expect(lines.last == "after")
        #expect(lines.dropFirst().dropLast().joined() == long)
    }

    @Test("a long line is cut between characters")
    func characters() {
        let batcher = Batches()
        let long = String(repeating: "€", count: 100_000)
        batcher.add(long)
        var text = ""
        while let message = batcher.flush() { text += message }
        #expect(text == long)
    }

    @Test("a backlog goes out whole, oldest first, in as many messages as it takes")
    func backlog() {
        let batcher = Batches()
        for number in 0..<9 { batcher.add(line(100, "\(number)")) }
        batcher.markBacklog()
        var seen: [Character] = []
        while let message = batcher.flush() {
            #expect(message.utf8.count < 256 << 10)
            seen += message.split(separator: "\n").compactMap(\.first)
        }
        #expect(String(seen) == "012345678")
    }

    @Test("with little budget left lines stay for the next round instead of being dropped")
    func budget() {
        let batcher = Batches()
        for letter in ["a", "b"] { batcher.add(line(100, letter)) }
        #expect(batcher.flush(limit: 0) == nil)
        #expect(batcher.flush(limit: 150 << 10)?.first == "a")
        #expect(batcher.flush()?.first == "b")
        #expect(batcher.isEmpty)
    }
}

@Suite("How far a log was read")
struct LogPositionTests {
    private func stamp(_ seconds: Int64, _ nanoseconds: Int32 = 0) -> WallTime {
        WallTime(seconds: seconds, nanoseconds: nanoseconds)
    }

    @Test("the first attach reads as much as the ring holds (C-57)")
    func first() {
        let position = Position()
        #expect(position.attach(now: stamp(100)) == LogQuery(tail: 100, follow: true))
    }

    @Test("a later attach continues at the last stamp and skips exactly what was seen of it")
    func continues() {
        let position = Position()
        _ = position.attach(now: stamp(100))
        let lines = [
            ContainerLogLine(time: stamp(1), text: "a"), ContainerLogLine(time: stamp(2, 5), text: "b"),
            ContainerLogLine(time: stamp(2, 5), text: "c"),
        ]
        for line in lines {
            let isNew = position.accept(line)
            #expect(isNew)
        }
        #expect(position.attach(now: stamp(100)) == LogQuery(since: stamp(2, 5), follow: true))
        let again =
            lines.dropFirst() + [
                ContainerLogLine(time: stamp(2, 5), text: "d"), ContainerLogLine(time: stamp(3), text: "e"),
            ]
        var texts: [String] = []
        for line in again where position.accept(line) { texts.append(line.text) }
        #expect(texts == ["d", "e"])
    }

    @Test("a clock that went back must not hide new lines")
    func clockBack() {
        let position = Position()
        _ = position.attach(now: stamp(2000))
        _ = position.accept(ContainerLogLine(time: stamp(2000), text: "a"))
        #expect(position.attach(now: stamp(1000)) == LogQuery(tail: 1000, follow: true))
    }

    @Test(
        "a clock that jumps a year: forward nothing is lost or doubled; back the tail is read instead of waiting a year"
    )
    func clockJump() {
        let year: Int64 = 365 * 86_400
        let position = Position()
        _ = position.attach(now: stamp(2000))
        _ = position.accept(ContainerLogLine(time: stamp(2000), text: "a"))
        #expect(position.attach(now: stamp(2000 + year)) == LogQuery(since: stamp(2000), follow: true))
        let again = position.accept(ContainerLogLine(time: stamp(2000), text: "a"))
        let later = position.accept(ContainerLogLine(time: stamp(2000 + year), text: "b"))
        #expect(!again && later)
        #expect(position.attach(now: stamp(2001)) == LogQuery(tail: 1000, follow: true))
        let back = position.accept(ContainerLogLine(time: stamp(2001), text: "c"))
        #expect(back)
        // As long as a line of the future is among the last ones, stamps find no place in the log.
        #expect(position.attach(now: stamp(2002)) == LogQuery(tail: 1000, follow: true))
    }

    @Test("lines without a stamp are always new")
    func noStamp() {
        let position = Position()
        let first = position.accept(ContainerLogLine(time: nil, text: "a"))
        let second = position.accept(ContainerLogLine(time: nil, text: "a"))
        #expect(first && second)
    }
}

@Suite("Names and events of logs")
struct LogNameTests {
    @Test("log names of apps are taken apart; names may contain underscores")
    func names() throws {
        let name = try #require(LogName("prod_6_my_app.x"))
        #expect(name.id == AppID(key: 6, stage: .prod))
        #expect(name.appName == "my_app.x")
        #expect(!name.isPublishing)
        #expect(LogName("pub_6_a")?.isPublishing == true)
        #expect(LogName("pub_6_a")?.id.stage == .dev)
    }

    @Test(
        "what is no log name",
        arguments: ["", "prod", "prod_6", "prod_6_", "prod_x_a", "backup_2_db", "_1_a", "PROD_1_a"])
    func noNames(_ name: String) { #expect(LogName(name) == nil) }

    @Test("a recorded on_create is decoded")
    func created() {
        let event = SubscriptionEvent(created: [
            6_383_532_684_647_462,
            [
                "id": 4_024_733_260_919_415, "created": "2026-11-24T02:57:44.389Z",
                "uri": "reswarm.logs.S.prod_1_myapp",
                "match": "exact",
            ],
        ])
        #expect(event == SubscriptionEvent(id: 4_024_733_260_919_415, uri: "reswarm.logs.S.prod_1_myapp"))
    }

    @Test(
        "odd events are nothing",
        arguments: [[], [1], [1, nil], [1, ["id": "x", "uri": "u"]], [1, ["id": 1]]] as [[Value]])
    func odd(_ arguments: [Value]) { #expect(SubscriptionEvent(created: arguments) == nil) }

    @Test("a recorded on_delete is decoded, a null session included")
    func deleted() {
        #expect(SubscriptionEvent.deletedID([nil, 5_717_748_462_620_141]) == 5_717_748_462_620_141)
        #expect(SubscriptionEvent.deletedID([1]) == nil)
        #expect(SubscriptionEvent.deletedID([]) == nil)
    }
}
