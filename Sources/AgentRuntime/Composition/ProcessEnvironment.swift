import Files

/// The environment that the process was started with.
enum ProcessEnvironment {
    /// Read from `/proc`: the C library's table is a shared mutable variable.
    static func variables() -> [String: String] {
        guard let bytes = try? AtomicFile.read("/proc/self/environ") else { return [:] }
        var variables: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            let text = String(decoding: entry, as: UTF8.self)
            guard let sign = text.firstIndex(of: "=") else { continue }
            variables[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        return variables
    }
}
