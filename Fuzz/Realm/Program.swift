import FuzzSupport
import Values
import WAMP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One realm against up to four sessions at once. Every line of an input is one event: a digit and a message of that
/// session, or a `>` and what happens else (``Script``).
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
