import FuzzSupport
import NIOCore

@testable import WAMPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The head of a client's opening handshake. The first byte says where the network cuts.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                guard let seed = bytes.first else { return }
                let input = Array(bytes.dropFirst())
                let whole = answer(to: [input])
                let cut = answer(to: pieces(of: input, seed: seed))
                expect(whole == cut, "the cuts decide: \(whole), \(cut)")
                if case .answered(.refuse(let refusal), _) = whole {
                    expect(
                        (400..<600).contains(refusal.status) && !refusal.sentence.isEmpty, "refused without a reason")
                }
            })
    }

    private enum Outcome: Equatable {
        case answered(ServerHandshake.Answer, rest: Int)
        case malformed
        case incomplete
    }

    private static func answer(to pieces: [[UInt8]]) -> Outcome {
        let handshake = ServerHandshake(
            configuration: WebSocketServerConfiguration(
                subprotocols: ["wamp.2.json"], allowedOrigins: ["https://studio.example"]))
        var unread = ByteBuffer()
        var left = pieces.reduce(0) { $0 + $1.count }
        for piece in pieces {
            unread.writeBytes(piece)
            left -= piece.count
            do {
                guard let head = try HTTPRequestHead.read(from: &unread) else { continue }
                return .answered(handshake.answer(to: head), rest: unread.readableBytes + left)
            } catch {
                return .malformed
            }
        }
        expect(unread.readableBytes < HTTPRequestHead.maximumSize, "a head without end is not refused")
        return .incomplete
    }
}
