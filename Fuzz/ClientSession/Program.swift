import FuzzSupport
import NIOCore
import Values
import WAMP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A client's session against any router. Every line of an input is one event: a message of the router, or a `>` and
/// what the client does next (``Script``).
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                var script = Script()
                for line in bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 200) { script.play(line) }
                script.finish()
            })
    }
}
