#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Memory of other processes, as the kernel tells it.
enum RouterMemory {
    /// Kilobytes of anonymous memory of all of them together.
    static func anonymous(of processes: [Int]) throws -> Int {
        var sum = 0
        for process in processes {
            guard
                let line = text("/proc/\(process)/smaps_rollup").split(separator: "\n").first(where: {
                    $0.hasPrefix("Anonymous:")
                }),
                let number = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
            else { throw LoadError("the memory of process \(process) cannot be read") }
            sum += number
        }
        return sum
    }

    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
}
