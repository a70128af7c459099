import NIOCore
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit

@Suite("Hostile peers of a router", .timeLimit(.minutes(1)))
struct HostilePeerTests {
    private static let samples = [
        #"[1,"realm1",{"roles":{"caller":{},"callee":{},"publisher":{},"subscriber":{}}}]"#,
        #"[32,1,{"match":"prefix"},"test"]"#, #"[64,2,{"force_reregister":true},"test.p"]"#,
        #"[16,3,{"acknowledge":true,"exclude_me":false},"test.t",[1,{"a":[]}],{"k":"ä"}]"#,
        #"[48,4,{"timeout":1,"receive_progress":true},"test.p",["x"]]"#, #"[49,4,{"mode":"kill"}]"#,
        #"[70,1,{"progress":true},[1]]"#, #"[8,68,1,{},"test.e",[]]"#, #"[34,5,1]"#, #"[66,6,1]"#,
        #"[48,7,{},"wamp.session.add_testament",["test.t",[],{}]]"#, #"[48,8,{},"wamp.session.get",[1]]"#,
        #"[48,9,{},"wamp.registration.match",["test.p"]]"#, #"[5,"x",{}]"#, #"[337,1]"#,
    ]

    @Test(
        "2,000 conversations of damaged bytes end or go on, and an honest session is served all the while",
        arguments: 0..<4 as Range<UInt64>)
    func damaged(_ seed: UInt64) async throws {
        try await withRouter(configure: { $0.joinLimit = JoinLimit(rate: 1e9, burst: 1e9) }) { router in
            try await router.session { honest in
                _ = try await honest.register("test.honest") { Reply($0.args) }
                var random = SeededGenerator(seed: seed)
                // 4 seeds, 100 connections, 5 damaged messages each.
                for _ in 0..<100 {
                    let peer = try await RawWebSocketClient(opening: .port(router.port))
                    var bytes = ByteBuffer()
                    if Bool.random(using: &random) {
                        bytes.writeImmutableBuffer(Self.frame(Array(Self.samples[0].utf8)))
                    }
                    for _ in 0..<5 { bytes.writeImmutableBuffer(Self.piece(&random)) }
                    try? await peer.raw.write(bytes)
                    if Bool.random(using: &random) { try? await peer.raw.reset() } else { await peer.raw.close() }
                }
                #expect(try await honest.call("test.honest", [1]).args == [1])
                try await eventually { await router.router.statistics().connections == 1 }
                #expect(try await honest.call("wamp.session.count").args == [1])
            }
        }
    }

    private static func frame(_ payload: [UInt8], opcode: UInt8 = 1) -> ByteBuffer {
        WebSocketPeer.bytes(opcode, payload, mask: [3, 1, 4, 1])
    }

    private static func piece(_ random: inout SeededGenerator) -> ByteBuffer {
        var payload = Array((samples.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            payload[Int.random(in: 0..<payload.count, using: &random)] =
                Array("[]{},\"01a\\ \u{0}".utf8).randomElement(using: &random) ?? 0
        }
        var whole = frame(
            payload, opcode: Int.random(in: 0..<20, using: &random) == 0 ? UInt8.random(in: 0...15, using: &random) : 1)
        if Int.random(in: 0..<10, using: &random) == 0 {
            let place = Int.random(in: 0..<whole.readableBytes, using: &random)
            whole.setInteger(UInt8.random(in: 0...255, using: &random), at: place)
        }
        return whole
    }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
