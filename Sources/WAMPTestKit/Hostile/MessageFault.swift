import NIOCore
import Values
import WAMP

/// Ways in which a whole WebSocket message is no message of the protocol, or none at this place.
enum MessageFault: String, CaseIterable, Sendable {
    case noJSON = "text that is no JSON"
    case damaged = "a message with a damaged byte"
    case truncated = "a message cut off"
    case noList = "JSON that is no list"
    case emptyList = "an empty list"
    case noCode = "a list without code"
    case unknownCode = "an unknown code"
    case wrongElement = "an element of the wrong kind"
    case tooShort = "a message without its elements"
    case tooLong = "a message with more elements than there are"
    case otherRole = "a message of the other side"
    case secondWelcome = "a session opened twice"
    case numberOutOfRange = "a number beyond 2^53"
    case tooDeep = "nested deeper than 128"
    case badText = "text that is not UTF-8"
    case binary = "a binary frame"
    case goodbye = "GOODBYE"
    case abort = "ABORT"
}

extension MalformedMessages {
    mutating func frames(of fault: MessageFault) -> ByteBuffer {
        switch fault {
        case .badText: return frame(0x1, [UInt8(ascii: "["), 0x22, 0xED, 0xA0, 0x80, 0x22, UInt8(ascii: "]")])
        case .binary: return frame(0x2, JSONText.of([36, 1, 2, [:]]))
        default: return frames(carrying: text(of: fault))
        }
    }

    private mutating func text(of fault: MessageFault) -> [UInt8] {
        switch fault {
        case .noJSON: return Array(values.random.pick("", "{", "hello", "[36,1,2,{}", "[1,]", "[nan]", "[01]").utf8)
        case .damaged:
            // Structure is what is damaged: a text or a number may well stay a good one.
            var bytes = JSONText.of([36, 1, 2, ["topic": "a.b"], [1, "x"]])
            let places = bytes.indices.filter { Array("[]{}:,".utf8).contains(bytes[$0]) }
            bytes[places.randomElement(using: &values.random) ?? 0] = values.random.pick(0, 0x21, 0x7F)
            return bytes
        case .truncated:
            let bytes = JSONText.of([36, 1, 2, ["topic": "a.b"], [1, "x"]])
            return Array(bytes.prefix(Int.random(in: 1..<bytes.count, using: &values.random)))
        case .tooDeep:
            let depth = Int.random(in: 129...100_000, using: &values.random)
            return Array("[36,1,2,{},".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: depth)
                + [UInt8](repeating: UInt8(ascii: "]"), count: depth) + [UInt8(ascii: "]")]
        case .noList: return (try? JSON.encode(values.random.pick(["a": 1], 5, "x", nil, true))) ?? []
        default: return JSONText.of(list(of: fault))
        }
    }

    private mutating func list(of fault: MessageFault) -> [Value] {
        switch fault {
        case .emptyList: []
        case .noCode: values.random.pick(["36", 1, 2], [nil], [[36], 1, 2], [36.5, 1, 2], [-36, 1, 2], [0, 1])
        case .unknownCode: [.int(values.random.pick(7, 9, 15, 18, 37, 51, 71, 255, 1024, 99_999))] + values.list()
        case .wrongElement:
            values.random.pick(
                [36, "1", 2, [:]], [36, 1, 2, []], [50, 1, [:], 5], [50, 1, [:], [], []], [68, 0, 5, [:]],
                [8, 48, 1, [:], 5], [69, -1, [:]], [48, 1, [:], nil], [16, 1, [:], 7], [64, 1, [], "a.b"])
        case .tooShort: [.int(values.random.pick(36, 68, 8, 50, 65, 48, 16, 64))]
        case .tooLong: [36, 1, 2, [:], [], [:], 7]
        case .otherRole:
            sender == .router
                ? values.random.pick(
                    [48, 1, [:], "a.b"], [64, 1, [:], "a.b"], [16, 1, [:], "a.b"], [32, 1, [:], "a.b"], [70, 1, [:]],
                    [5, "x", [:]], [1, "realm1", [:]], [66, 1, 2], [34, 1, 2], [49, 1, [:]])
                : values.random.pick(
                    [36, 1, 2, [:]], [68, 1, 2, [:]], [50, 1, [:]], [65, 1, 2], [33, 1, 2], [17, 1, 2], [69, 1, [:]],
                    [4, "wampcra", [:]], [67, 1], [35, 1])
        case .secondWelcome: sender == .router ? [2, 5, [:]] : [1, "realm1", ["roles": ["caller": [:]]]]
        case .numberOutOfRange:
            values.random.pick([36, 9_007_199_254_740_993, 2, [:]], [68, .uint(.max), 1, [:]], [50, 1e300, [:]])
        case .goodbye: [6, .object(values.object()), .string(values.text())]
        default: [3, .object(values.object()), .string(values.text())]
        }
    }
}
