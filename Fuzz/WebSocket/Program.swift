import FuzzSupport
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The frames of a peer as both ends read them. The first byte says where the network cuts; of the second one, bit 0
/// says how large a message may be and bit 1 which end reads.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                guard bytes.count >= 2 else { return }
                let limit = bytes[1] & 1 == 0 ? 1000 : 1 << 20
                let isServer = bytes[1] & 2 != 0
                func read(_ pieces: [[UInt8]]) -> Outcome {
                    isServer ? Server(limit: limit).read(pieces) : Client(limit: limit).read(pieces)
                }
                let input = Array(bytes.dropFirst(2))
                let whole = read([input])
                let cut = read(pieces(of: input, seed: bytes[0]))
                expect(whole == cut, "the cuts decide: \(whole.end), \(cut.end)")
            })
    }
}
