/// Main memory in bytes: `/proc/meminfo`.
struct MemoryUse: Equatable {
    var total: UInt64 = 0
    var available: UInt64 = 0
    var used: UInt64 { total > available ? total - available : 0 }

    init(total: UInt64 = 0, available: UInt64 = 0) {
        self.total = total
        self.available = available
    }

    /// Kernels without `MemAvailable` are answered with free plus reclaimable memory.
    init(procMeminfo text: String) {
        var kibibytes: [Substring: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let word = parts[1].split(separator: " ").first, let number = UInt64(word) else {
                continue
            }
            kibibytes[parts[0]] = number
        }
        let reclaimable = ["MemFree", "Buffers", "Cached"].reduce(UInt64(0)) { $0 &+ (kibibytes[Substring($1)] ?? 0) }
        total = (kibibytes["MemTotal"] ?? 0) &* 1024
        available = (kibibytes["MemAvailable"] ?? reclaimable) &* 1024
    }
}
