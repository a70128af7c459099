#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The two standard streams, written without buffers so that nothing is lost when the process ends.
public enum Console {
    public enum Stream: Int32, Sendable {
        case output = 1
        case errors = 2
    }

    /// Writes all of the text; a closed stream swallows it.
    public static func write(_ text: String, to stream: Stream) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
                let count = rest.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
            #else
                let count = rest.withUnsafeBytes { Musl.write(stream.rawValue, $0.baseAddress, $0.count) }
            #endif
            if count < 0, errno != EINTR { return }
            if count > 0 { rest = rest.dropFirst(count) }
        }
    }
}
