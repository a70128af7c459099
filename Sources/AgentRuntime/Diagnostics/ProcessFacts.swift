import AgentCore
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the kernel says of this process.
enum ProcessFacts {
    /// Memory in kB by the names of the kernel, threads, open descriptors. What cannot be read is null.
    static func facts(from directory: String = "/proc/self") -> Value {
        [
            "memory_kb": text(directory + "/smaps_rollup").map { .object(memory($0)) } ?? .null,
            "threads": text(directory + "/status").flatMap(threads) ?? .null,
            "descriptors": entries(directory + "/fd").map(Value.count) ?? .null,
        ]
    }

    /// The lines `Name:   123 kB` of smaps_rollup.
    static func memory(_ text: String) -> Object {
        var object: Object = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count == 3, words[2] == "kB", words[0].hasSuffix(":"), let number = Int64(words[1]) else {
                continue
            }
            object[String(words[0].dropLast())] = .int(number)
        }
        return object
    }

    private static func threads(_ text: String) -> Value? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("Threads:") }
        return line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int64($0) }.map(Value.int)
    }

    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while content.count < 65_536 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            content += buffer[..<count]
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// Names in a directory, without the descriptor that reads it.
    private static func entries(_ path: String) -> Int? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var count = -3
        while readdir(directory) != nil { count += 1 }
        return max(count, 0)
    }
}
