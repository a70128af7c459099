import FuzzSupport

@testable import DockerEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Logs of containers, multiplexed and raw. The first byte says where the network cuts; the second one, which of the
/// four ways of reading it is.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                guard bytes.count >= 2 else { return }
                let format: ContainerLogDecoder.Format = bytes[1] & 1 == 0 ? .multiplexed : .raw
                let hasTimestamps = bytes[1] & 2 != 0
                let input = Array(bytes.dropFirst(2))
                let whole = lines([input], format, hasTimestamps)
                let cut = lines(pieces(of: input, seed: bytes[0]), format, hasTimestamps)
                expect((whole == nil) == (cut == nil), "the cuts decide whether it is a stream")
                // What came before a fault is delivered earlier when it is cut.
                if let whole { expect(whole == cut, "the cuts decide what the lines are") }
                for line in whole ?? [] {
                    expect(line.text.utf8.allSatisfy { $0 != 0 && $0 != 0x0A }, "a line with NUL or a line end")
                    expect(line.text.utf8.count <= 3 * LogLineAssembler.lineLimit, "a line above the limit")
                }
            })
    }

    private static func lines(
        _ pieces: [[UInt8]], _ format: ContainerLogDecoder.Format, _ hasTimestamps: Bool
    ) -> [LogLine]? {
        var decoder = ContainerLogDecoder(format: format, hasTimestamps: hasTimestamps)
        var lines: [LogLine] = []
        do throws(DockerError) {
            for piece in pieces { lines += try decoder.append(piece) }
        } catch {
            return nil
        }
        return lines + decoder.finish()
    }
}
