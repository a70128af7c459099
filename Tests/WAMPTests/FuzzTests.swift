import NIOCore
import Testing
import Values
import WAMP

@Suite("Hostile routers")
struct FuzzTests {
    /// An element that may or may not fit where it is put.
    private func element(_ random: inout SeededGenerator) -> Value {
        let values: [Value] = [
            0, 1, 2, 3, 5, 6, 77, -1, 1.0, 1.5, .uint(.max), .int(.max), "", "a.b", "wamp.error.x", true, nil, [],
            [1, "x"], [:],
            ["progress": true], ["progress": 1], ["mode": "kill"], ["registration": 5],
            ["subscription": 6, "reason": 1],
            ["ppt_scheme": "wamp"], ["timeout": -1], ["procedure": 5, "topic": 5], .bytes([0]), ["message": "x"],
        ]
        return values.randomElement(using: &random) ?? nil
    }

    private func message(_ random: inout SeededGenerator) -> Value {
        let codes: [Int64] = [2, 4, 6, 8, 17, 33, 35, 36, 50, 65, 67, 68, 69, 337, 0, 7, 99]
        let code = codes.randomElement(using: &random) ?? 50
        let count = Int.random(in: 0..<6, using: &random)
        return .array([.int(code)] + (0..<count).map { _ in element(&random) })
    }

    @Test("Random messages never trap a session, whatever their elements, and it ends at most once", arguments: 0..<40)
    func randomMessages(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<6 {
            var machine = OpenSession.make()
            _ = try machine.registered("a.b", id: 5)
            _ = try machine.subscribed("a.t", id: 6)
            let call = try machine.call("a.b", receiveProgress: true, timeout: .seconds(1))
            var actions: [ClientSessionAction] = []
            for _ in 0..<30 {
                guard let message = try? Message(value: message(&random)) else { continue }
                accepted += 1
                actions += machine.receive(message)
            }
            actions += machine.transportClosed()
            #expect(actions.ends.count == 1)
            #expect(actions.completed.filter { $0 == call.operation }.count == 1)
        }
        #expect(accepted > 0)
    }

    @Test("Random messages while joining never trap and never open a session twice", arguments: 0..<20)
    func randomOpenings(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var machine = ClientSessionMachine(realm: "r", authentication: .wampcra(authID: "a", secret: "s"))
            var actions = machine.open()
            for _ in 0..<10 {
                guard let message = try? Message(value: message(&random)) else { continue }
                actions += machine.receive(message)
            }
            actions += machine.transportClosed()
            let opened = actions.filter { if case .opened = $0 { true } else { false } }
            #expect(opened.count <= 1)
            #expect(actions.ends.count == 1)
        }
    }

    @Test(
        "Damaged bytes of every message are refused as violations or are messages again",
        arguments: MessageTests.samples.indices)
    func damagedBytes(_ index: Int) throws {
        var random = SeededGenerator(seed: UInt64(index))
        var buffer = ByteBuffer()
        let codec = JSONMessageCodec()
        try codec.encode(MessageTests.samples[index].0, into: &buffer)
        for _ in 0..<60 {
            var bytes = Array(buffer.readableBytesView)
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
            do {
                let message = try codec.decode(ByteBuffer(bytes: bytes))
                #expect(try Message(value: message.value) == message)
            } catch {
                #expect(error.code == .protocolViolation)
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test("Truncated bytes of every message are refused", arguments: MessageTests.samples.indices)
    func truncated(_ index: Int) throws {
        var buffer = ByteBuffer()
        try JSONMessageCodec().encode(MessageTests.samples[index].0, into: &buffer)
        for length in 0..<buffer.readableBytes {
            let part = try #require(buffer.getSlice(at: buffer.readerIndex, length: length))
            #expect(throws: WAMPError.self) { try JSONMessageCodec().decode(part) }
        }
    }

    @Test("A large payload passes both ways unchanged")
    func large() throws {
        let payload = Payload([
            .string(String(repeating: "ä\n", count: 20_000)), .bytes([UInt8](repeating: 7, count: 30_000)),
        ])
        let message = Message.event(subscription: 1, publication: 2, details: [:], payload: payload)
        var buffer = ByteBuffer()
        try JSONMessageCodec().encode(message, into: &buffer)
        #expect(try JSONMessageCodec().decode(buffer) == message)
    }

    @Test("The codec writes behind what is in the buffer already, and reads from its read position")
    func position() throws {
        var buffer = ByteBuffer(string: "head")
        try JSONMessageCodec().encode(.goodbye(details: [:], reason: "c.x"), into: &buffer)
        #expect(String(buffer: buffer) == #"head[6,{},"c.x"]"#)
        buffer.moveReaderIndex(forwardBy: 4)
        #expect(try JSONMessageCodec().decode(buffer) == .goodbye(details: [:], reason: "c.x"))
    }
}
