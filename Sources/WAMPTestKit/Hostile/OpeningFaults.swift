public import NIOCore

/// Ways in which a server spoils the opening of a session.
public enum OpeningFaults {
    /// Answers to the upgrade request, by name.
    public static let upgrades: [(name: String, answer: ByteBuffer)] = [
        ("an upgrade refused with 500", "HTTP/1.1 500 Oops\r\n\r\n"),
        ("an upgrade answered by another protocol", "SSH-2.0-OpenSSH_9.2\r\n"),
        ("an upgrade with a wrong key", switching(accept: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
        ("an upgrade with a head without end", "HTTP/1.1 101 x\r\n" + String(repeating: "X: y\r\n", count: 5000)),
        ("an upgrade with NUL and control characters", "HTTP/1.1 101 \0\u{1}\r\n\0: \u{7f}\r\n\r\n"),
    ].map { ($0.0, ByteBuffer(string: $0.1)) }

    /// Frames in answer to HELLO, by name.
    public static let hellos: [(name: String, answer: ByteBuffer)] =
        [
            ("WELCOME without number", #"[2,"x",{}]"#),
            ("a challenge of an unknown method", #"[4,"cryptosign",{}]"#),
            ("a challenge without text", #"[4,"wampcra",{"challenge":5}]"#),
            (
                "a challenge that would take hours",
                #"[4,"wampcra",{"challenge":"c","salt":"s","iterations":9000000000000,"keylen":32}]"#
            ),
            (
                "a challenge with a key of gigabytes",
                #"[4,"wampcra",{"challenge":"c","salt":"s","iterations":1,"keylen":1e15}]"#
            ),
            ("EVENT before WELCOME", "[36,1,2,{}]"),
            ("GOODBYE before WELCOME", #"[6,{},"wamp.close.normal"]"#),
            ("ABORT without a known reason", #"[3,{"message":"\u0000"},""]"#),
            ("text that is no JSON before WELCOME", "hello"),
        ].map { ($0.0, WebSocketPeer.bytes(0x1, Array($0.1.utf8))) } + [
            ("challenges without end", challenges),
            ("noise before WELCOME", ByteBuffer(bytes: [0xF3, 1, 2, 3, 4, 5, 6])),
        ]

    private static func switching(accept: String) -> String {
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(accept)\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n"
    }

    private static var challenges: ByteBuffer {
        var frames = ByteBuffer()
        for _ in 0..<100 {
            frames.writeImmutableBuffer(WebSocketPeer.bytes(0x1, Array(#"[4,"wampcra",{"challenge":"c"}]"#.utf8)))
        }
        return frames
    }
}
