import NIOCore
import Testing
import Values
import WAMP

@Suite("Messages")
struct MessageTests {
    static let payload = Payload([1, "x"], kwargs: ["k": [nil]])

    static let samples: [(Message, Value)] = [
        (.hello(realm: "r", details: ["a": 1]), [1, "r", ["a": 1]]),
        (.welcome(session: 9, details: [:]), [2, 9, [:]]),
        (.abort(details: ["message": "m"], reason: "e.x", payload: Payload()), [3, ["message": "m"], "e.x"]),
        (.abort(details: [:], reason: "e.x", payload: Payload(["a"])), [3, [:], "e.x", ["a"]]),
        (.challenge(method: "ticket", extra: [:]), [4, "ticket", [:]]),
        (.authenticate(signature: "s", extra: [:]), [5, "s", [:]]),
        (.goodbye(details: [:], reason: "c.x"), [6, [:], "c.x"]),
        (
            .error(type: 48, request: 3, details: [:], uri: "e.x", payload: payload),
            [8, 48, 3, [:], "e.x", [1, "x"], ["k": [nil]]]
        ),
        (.publish(request: 1, options: [:], topic: "t", payload: Payload()), [16, 1, [:], "t"]),
        (.published(request: 1, publication: 2), [17, 1, 2]),
        (.subscribe(request: 1, options: ["match": "prefix"], topic: "t"), [32, 1, ["match": "prefix"], "t"]),
        (.subscribed(request: 1, subscription: 2), [33, 1, 2]),
        (.unsubscribe(request: 1, subscription: 2), [34, 1, 2]),
        (.unsubscribed(request: 1, details: [:]), [35, 1]),
        (.unsubscribed(request: 0, details: ["subscription": 2]), [35, 0, ["subscription": 2]]),
        (
            .event(subscription: 1, publication: 2, details: [:], payload: Payload(kwargs: ["k": 1])),
            [36, 1, 2, [:], [], ["k": 1]]
        ),
        (.call(request: 1, options: [:], procedure: "p", payload: Payload(["a"])), [48, 1, [:], "p", ["a"]]),
        (.cancel(request: 1, options: ["mode": "kill"]), [49, 1, ["mode": "kill"]]),
        (
            .result(request: WAMPID.maximum, details: [:], payload: payload),
            [50, 9_007_199_254_740_992, [:], [1, "x"], ["k": [nil]]]
        ),
        (.register(request: 1, options: [:], procedure: "p"), [64, 1, [:], "p"]),
        (.registered(request: 1, registration: 2), [65, 1, 2]),
        (.unregister(request: 1, registration: 2), [66, 1, 2]),
        (.unregistered(request: 1, details: [:]), [67, 1]),
        (.unregistered(request: 0, details: ["registration": 2]), [67, 0, ["registration": 2]]),
        (
            .invocation(request: 1, registration: 2, details: [:], payload: payload),
            [68, 1, 2, [:], [1, "x"], ["k": [nil]]]
        ),
        (.interrupt(request: 1, options: [:]), [69, 1, [:]]),
        (.yield(request: 1, options: ["progress": true], payload: Payload()), [70, 1, ["progress": true]]),
        (.extended(code: 337, elements: [5]), [337, 5]),
    ]

    @Test("Every message has its list form, with empty arguments left out", arguments: samples.indices)
    func listForm(_ index: Int) throws {
        let (message, value) = Self.samples[index]
        #expect(message.value == value)
        #expect(try Message(value: value) == message)
        #expect(!message.name.isEmpty)
    }

    @Test("Every message survives the JSON codec", arguments: samples.indices)
    func codec(_ index: Int) throws {
        let message = Self.samples[index].0
        var buffer = ByteBuffer()
        try JSONMessageCodec().encode(message, into: &buffer)
        #expect(try JSONMessageCodec().decode(buffer) == message)
    }

    @Test("Empty, null and absent arguments are the same")
    func emptiness() throws {
        let plain = Message.result(request: 1, details: [:], payload: Payload())
        for value: Value in [
            [50, 1, [:]], [50, 1, [:], []], [50, 1, [:], [], [:]], [50, 1, [:], nil], [50, 1, [:], nil, nil],
            [50, 1, nil],
        ] {
            #expect(try Message(value: value) == plain)
        }
    }

    @Test("Numbers of the envelope may be floats with an integral value, as JavaScript sends them")
    func floats() throws {
        #expect(try Message(value: [50.0, 7.0, [:]]) == .result(request: 7, details: [:], payload: Payload()))
        #expect(try Message(value: [67.0, 0.0, [:]]) == .unregistered(request: 0, details: [:]))
    }

    @Test("Unknown keys of details are kept and ignored")
    func unknownKeys() throws {
        let value: Value = [50, 1, ["callee": 5, "x_y": [1], "progress": "yes"]]
        guard case .result(1, let details, _) = try Message(value: value) else {
            Issue.record("no RESULT")
            return
        }
        #expect(!details.flag("progress"))
        #expect(details["x_y"] == [1])
    }

    @Test("Messages that are too long, too short or of a wrong type are violations", arguments: samples.indices)
    func wrongShapes(_ index: Int) throws {
        let (message, value) = Self.samples[index]
        guard message.code < 256, let list = value.array else { return }
        func expectViolation(_ list: [Value]) {
            let error = #expect(throws: WAMPError.self, "\(list)") { try Message(value: .array(list)) }
            #expect(error?.code == .protocolViolation)
            #expect(error?.uri == "wamp.error.protocol_violation")
        }
        expectViolation(list + Array(repeating: [:], count: 8))
        expectViolation([list[0]])
        for position in 1..<list.count {
            for wrong: Value in [true, 1.5, -1, .bytes([1])] {
                var changed = list
                changed[position] = wrong
                expectViolation(changed)
            }
        }
    }

    @Test("Zero is an identifier only in an unsolicited UNREGISTERED or UNSUBSCRIBED")
    func zero() {
        for value: Value in [[2, 0, [:]], [33, 0, 1], [33, 1, 0], [50, 0, [:]], [68, 1, 0, [:]], [17, 1, 0]] {
            #expect(throws: WAMPError.self) { try Message(value: value) }
        }
        for code: Value in [35, 67] { #expect(throws: Never.self) { try Message(value: [code, 0]) } }
    }

    @Test(
        "What is no message is a violation",
        arguments: [
            "", "[]", "{}", "1", "null", "\"x\"", "[null]", "[0]", "[-1]", "[7]", "[99,1]", "[255]", "[1024]",
            "[\"1\",\"r\",{}]", "[1.5]",
            "[50,1,{}", "[50,1,{}]]", "[50,1,{},{},[]]", "[50,1,{},[1],[2]]", "[true]", "[50,9007199254740993,{}]",
            "\u{1}",
        ])
    func noMessage(_ text: String) {
        let error = #expect(throws: WAMPError.self) { try JSONMessageCodec().decode(ByteBuffer(string: text)) }
        #expect(error?.code == .protocolViolation)
    }

    static let vectors = Fixture.vectors("serialization")

    @Test("The messages of the vectors are read, and written to the same bytes", arguments: vectors)
    func serialization(_ vector: Value) throws {
        let text = try #require(vector["json"]?.string)
        let message = try JSONMessageCodec().decode(ByteBuffer(string: text))
        var buffer = ByteBuffer()
        try JSONMessageCodec().encode(message, into: &buffer)
        #expect(String(buffer: buffer) == text)
    }

    static let binary = Fixture.vectors("json_binary")

    @Test("Byte strings of the vectors are read and written after U+0000", arguments: binary)
    func byteStrings(_ vector: Value) throws {
        let text = try #require(vector["json"]?.string)
        let bytes = Fixture.bytes(hex: try #require(vector["bytes"]?.string))
        let message = Message.result(request: 1, details: [:], payload: Payload([.bytes(bytes)]))
        var buffer = ByteBuffer()
        try JSONMessageCodec().encode(message, into: &buffer)
        #expect(String(buffer: buffer) == "[50,1,{},[\(text)]]")
        #expect(try JSONMessageCodec().decode(buffer) == message)
    }

    @Test("The vectors of both tables are there")
    func vectorsAreThere() {
        #expect(Self.vectors.count == 6)
        #expect(Self.binary.count == 4)
    }

    @Test("The recorded HELLOs of other clients are read")
    func hellos() throws {
        let hellos = try #require(try Fixture.load("wamp-vectors")["hello_samples"]?.object)
        for (_, value) in hellos {
            guard case .hello(_, let details) = try Message(value: value) else {
                Issue.record("no HELLO")
                continue
            }
            #expect(details["roles"]?.object != nil)
        }
        #expect(hellos.count == 3)
    }

    @Test("A payload that JSON cannot carry is refused before anything is written of it")
    func notRepresentable() {
        var buffer = ByteBuffer()
        let message = Message.result(request: 1, details: [:], payload: Payload([.double(.nan)]))
        let error = #expect(throws: WAMPError.self) { try JSONMessageCodec().encode(message, into: &buffer) }
        #expect(error?.code == .invalidMessage)
        #expect(buffer.readableBytes == 0)
    }

    @Test("The codec's limits hold, and it names its subprotocol and frame type")
    func limits() throws {
        let codec = JSONMessageCodec(limits: .init(depth: 4, size: 20))
        _ = try codec.decode(ByteBuffer(string: "[50,1,{},[[[]]]]"))
        #expect(throws: WAMPError.self) { try codec.decode(ByteBuffer(string: "[50,1,{},[[[[]]]]]")) }
        #expect(throws: WAMPError.self) { try codec.decode(ByteBuffer(string: "[50,1,{},[\"aaaaaaaaaaaa\"]]")) }
        #expect(codec.subprotocol == "wamp.2.json")
        #expect(codec.isText)
    }
}
