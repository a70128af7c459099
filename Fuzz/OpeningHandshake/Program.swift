import FuzzSupport
import NIOCore

@testable import WAMPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The head of the server's answer to the opening handshake. The first byte says where the network cuts.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                guard let seed = bytes.first, let url = try? WebSocketURL("ws://router.example/ws") else { return }
                let input = Array(bytes.dropFirst())
                let whole = outcome(of: [input], url)
                let cut = outcome(of: pieces(of: input, seed: seed), url)
                // A head that is no HTTP is refused as soon as that shows, so only good ends must agree.
                if case .accepted = whole { expect(cut == whole, "the cuts decide: \(whole), \(cut)") }
                if case .accepted = cut { expect(cut == whole, "the cuts decide: \(whole), \(cut)") }
            })
    }

    private enum Outcome: Equatable {
        case accepted(String?, rest: Int)
        case refused
        case incomplete
    }

    private static func outcome(of pieces: [[UInt8]], _ url: WebSocketURL) -> Outcome {
        let handshake = OpeningHandshake(
            url: url, subprotocols: ["wamp.2.json"], userAgent: "reagent", key: [UInt8](repeating: 0, count: 16))
        var unread = ByteBuffer()
        var left = pieces.reduce(0) { $0 + $1.count }
        for piece in pieces {
            unread.writeBytes(piece)
            left -= piece.count
            do throws(TransportError) {
                guard let head = try HTTPResponseHead.read(from: &unread, code: .upgradeRefused) else { continue }
                expect((-99...999).contains(head.status), "a status of more than three digits")
                return .accepted(try handshake.check(head), rest: unread.readableBytes + left)
            } catch {
                expect(!error.message.isEmpty, "refused without a reason")
                return .refused
            }
        }
        expect(unread.readableBytes < HTTPResponseHead.maximumSize, "a head without end is not refused")
        return .incomplete
    }
}
