#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The processor that this program was built for, in the words of the registry (app-lifecycle.md 1.1).
enum Architecture {
    /// Architecture and, on 32-bit ARM, variant by the kernel's machine name.
    static func current(machine: String) -> (architecture: String, variant: String) {
        #if arch(x86_64)
            ("amd64", "")
        #elseif arch(arm64)
            ("arm64", "")
        #elseif arch(arm)
            ("arm", variant(machine: machine))
        #else
            (machine, "")
        #endif
    }

    /// `armv7l` → `v7`. A 64-bit kernel below a 32-bit program can run the newest 32-bit images.
    static func variant(machine: String) -> String {
        guard machine.hasPrefix("armv") else { return "v7" }
        let digits = machine.dropFirst(4).prefix { $0.isNumber }
        guard let number = Int(digits) else { return "v7" }
        return "v\(min(max(number, 5), 7))"
    }
}

/// What the kernel says of itself.
struct KernelName: Equatable {
    var release: String
    var machine: String

    static func current() -> KernelName {
        var name = utsname()
        guard uname(&name) == 0 else { return KernelName(release: "", machine: "") }
        return KernelName(
            release: withUnsafeBytes(of: name.release) { text(of: $0) },
            machine: withUnsafeBytes(of: name.machine) { text(of: $0) })
    }

    private static func text(of bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
