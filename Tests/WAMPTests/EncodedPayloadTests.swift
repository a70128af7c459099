import NIOCore
import Testing
import Values
import WAMP

@Suite("Payloads that a router passes on")
struct EncodedPayloadTests {
    private let eager = JSONMessageCodec()
    private let lazy = JSONMessageCodec(payloads: .bytes)

    private func decode(_ text: String) throws(WAMPError) -> Message { try lazy.decode(ByteBuffer(string: text)) }

    private func encode(_ message: Message) throws -> String {
        var buffer = ByteBuffer()
        try lazy.encode(message, into: &buffer)
        return String(buffer: buffer)
    }

    @Test(
        "The bytes of args and kwargs are written back unchanged; empty and null ones at the end are left out",
        arguments: [
            (#"[48,1,{},"a.b"]"#, #"[48,1,{},"a.b"]"#),
            (#"[48,1,{},"a.b",[]]"#, #"[48,1,{},"a.b"]"#),
            (#"[48,1,{},"a.b",[ ] , { }]"#, #"[48,1,{},"a.b"]"#),
            (#"[48,1,{},"a.b",null,null]"#, #"[48,1,{},"a.b"]"#),
            (#"[48,1,{},"a.b",[1.50, 1e2 ,"ä"] ]"#, #"[48,1,{},"a.b",[1.50, 1e2 ,"ä"]]"#),
            (#"[48,1,{},"a.b",[1],{}]"#, #"[48,1,{},"a.b",[1]]"#),
            (#"[48,1,{},"a.b",[],{"k" : "\u0000EOP/"}]"#, #"[48,1,{},"a.b",[],{"k" : "\u0000EOP/"}]"#),
            (#"[48,1,{},"a.b",null, {"k":1}]"#, #"[48,1,{},"a.b",[],{"k":1}]"#),
            (#"[48,1,{},"a.b",[0], {"k":1,"k":2}]"#, #"[48,1,{},"a.b",[0],{"k":1,"k":2}]"#),
            (#" [ 50 , 7 , { "progress" : true } , [ 1 ] ] "#, #"[50,7,{"progress":true},[ 1 ]]"#),
        ])
    func unchanged(received: String, sent: String) throws {
        #expect(try encode(decode(received)) == sent)
    }

    @Test("A payload moves from message to message with its bytes")
    func moved() throws {
        guard case .publish(_, _, _, let payload) = try decode(#"[16,1,{},"a.b",[1.0],{"x":[null]}]"#) else {
            Issue.record("no PUBLISH")
            return
        }
        let event = Message.event(subscription: 5, publication: 6, details: ["topic": "a.b"], payload: payload)
        #expect(try encode(event) == #"[36,5,6,{"topic":"a.b"},[1.0],{"x":[null]}]"#)
        #expect(payload.args == [1.0])
        #expect(payload.kwargs == ["x": [nil]])
        #expect(!payload.isEmpty)
    }

    @Test("Looking at a payload or changing it gives what a client would see")
    func values() throws {
        let text = #"[48,1,{},"a.b",["\u0000EOP/",18446744073709551615,{"n":[]}],{"k":-0.0}]"#
        let received = try #require(try decode(text).payload)
        let read = try #require(try eager.decode(ByteBuffer(string: text)).payload)
        #expect(received == read)
        #expect(received.hashValue == read.hashValue)
        #expect(received.args == read.args)
        #expect(received.kwargs == read.kwargs)
        var changed = received
        changed.args.append("new")
        #expect(changed.args == read.args + ["new"])
        #expect(changed.kwargs == read.kwargs)
        changed.kwargs = [:]
        #expect(changed == Payload(read.args + ["new"]))
        #expect(try decode(#"[48,1,{},"a.b",[],{}]"#).payload?.isEmpty == true)
    }

    @Test(
        "What a client refuses a router refuses, with the same words",
        arguments: [
            "", "x", "{}", "[]", "[48", "[48]", #"[48,1,{},"a.b",1]"#, #"[48,1,{},"a.b",{}]"#,
            #"[48,1,{},"a.b",[],[]]"#,
            #"[48,1,{},"a.b",[],{},1]"#, #"[48,0,{},"a.b"]"#, #"[48,1,[],"a.b",[1]]"#, #"[48,1,{},5,[1]]"#,
            #"[48,1,{},"a.b",[1}]"#, #"[48,1,{},"a.b",[1]]]"#, #"[48,1,{},"a.b",[01]]"#, #"[48,1,{},"a.b",["\q"]]"#,
            #"[48,1,{},"a.b",[1e999]]"#, #"[99,1]"#, #"["48",1]"#, #"[48,1,{}"#, #"[50,1]"#, #"[36,1,2,{},"x"]"#,
            "[48,1,{},\"a.b\",\(String(repeating: "[", count: 128))\(String(repeating: "]", count: 128))]",
        ])
    func refused(text: String) {
        let known = #expect(throws: WAMPError.self) { try eager.decode(ByteBuffer(string: text)) }
        let error = #expect(throws: WAMPError.self) { try lazy.decode(ByteBuffer(string: text)) }
        #expect(error == known)
    }

    @Test("The deepest payload that is accepted can be looked at and sent")
    func deepest() throws {
        let nested = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
        let message = try decode("[48,1,{},\"a.b\",\(nested)]")
        #expect(try encode(message) == "[48,1,{},\"a.b\",\(nested)]")
        #expect(message.payload?.args.count == 1)
    }

    @Test("Damaged messages are judged alike by both codecs", arguments: MessageTests.samples.indices)
    func damaged(_ index: Int) throws {
        var random = SeededGenerator(seed: UInt64(index))
        var buffer = ByteBuffer()
        try eager.encode(MessageTests.samples[index].0, into: &buffer)
        for _ in 0..<200 {
            var bytes = Array(buffer.readableBytesView)
            for _ in 0...Int.random(in: 0..<2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[place] = Array("[]{},\"0a:".utf8).randomElement(using: &random) ?? 0
                } else {
                    bytes.remove(at: place)
                }
            }
            let one = Result { try eager.decode(ByteBuffer(bytes: bytes)) }
            let other = Result { try lazy.decode(ByteBuffer(bytes: bytes)) }
            switch (one, other) {
            case (.success(let one), .success(let other)): #expect(one == other)
            case (.failure(let one as WAMPError), .failure(let other as WAMPError)): #expect(one == other)
            default: Issue.record("\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
