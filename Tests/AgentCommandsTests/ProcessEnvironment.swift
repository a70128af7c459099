#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

enum ProcessEnvironment {
    static func has(_ name: String) -> Bool { getenv(name) != nil }
}
