import FuzzSupport
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The reader and writer of JSON: what is read can be written, and reads as the same again.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                for binary in [JSON.Binary.plain, .wamp] { check(bytes, binary) }
                // Limits are kept, whatever the input.
                if let value = try? JSON.decode(bytes, limits: .init(depth: 3, size: 64)) {
                    expect(bytes.count <= 64 && depth(of: value) <= 3, "a limit was passed")
                }
            })
    }

    private static func check(_ bytes: [UInt8], _ binary: JSON.Binary) {
        let value: Value
        do throws(JSONError) {
            value = try JSON.decode(bytes, binary: binary)
        } catch {
            expect(error.offset <= bytes.count, "an offset behind the end")
            return
        }
        for style in [JSON.Style.compact, .goIndented(1)] {
            guard let written = try? JSON.encode(value, style: style, binary: binary) else {
                violated("a value that was read cannot be written")
            }
            guard let again = try? JSON.decode(written, binary: binary) else {
                violated("what was written cannot be read")
            }
            expect(again == value, "what was written reads as something else")
            let twice = try? JSON.encode(again, style: style, binary: binary)
            expect(twice == written, "writing is not stable")
        }
    }

    private static func depth(of value: Value) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.map { depth(of: $0.value) }.max() ?? 0)
        default: 0
        }
    }
}
