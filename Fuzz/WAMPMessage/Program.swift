import FuzzSupport
import NIOCore
import Values
import WAMP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The serializer `wamp.2.json` and the shapes of the messages.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                let codec = JSONMessageCodec()
                let lazily = Result { () throws(WAMPError) in
                    try JSONMessageCodec(payloads: .bytes).decode(ByteBuffer(bytes: bytes))
                }
                let message: Message
                do throws(WAMPError) {
                    message = try codec.decode(ByteBuffer(bytes: bytes))
                } catch {
                    expect(error.code == .protocolViolation && !error.message.isEmpty, "refused without a reason")
                    expect((try? lazily.get()) == nil, "a router takes what a client refuses")
                    return
                }
                guard let passed = try? lazily.get() else { violated("a router refuses what a client takes") }
                expect(passed == message, "a router reads another message")
                check(passed, message)
                var written = ByteBuffer()
                guard (try? codec.encode(message, into: &written)) != nil, let again = try? codec.decode(written) else {
                    violated("a message that was read cannot be written and read again")
                }
                expect(again == message, "the message changed")
                expect(!"\(message)".isEmpty && !message.name.isEmpty, "a message without a text")
                for match in MatchPolicy.allCases {
                    for text in texts(of: message) {
                        _ = WAMPURI.isValid(text, .strict, gaps: match.gaps)
                        if match == .exact { expect(match.matches(pattern: text, text), "a URI is not itself") }
                    }
                }
            })
    }

    /// A payload that is passed on arrives as it was sent.
    private static func check(_ passed: Message, _ message: Message) {
        var buffer = ByteBuffer()
        guard (try? JSONMessageCodec().encode(passed, into: &buffer)) != nil else {
            violated("a message cannot be passed on")
        }
        expect((try? JSONMessageCodec().decode(buffer)) == message, "a message changed on its way")
    }

    private static func texts(of message: Message) -> [String] {
        message.value.array?.compactMap(\.string) ?? []
    }
}
