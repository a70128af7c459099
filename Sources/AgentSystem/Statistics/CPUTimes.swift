/// Times of all CPUs together since boot, in ticks: the first line of `/proc/stat`.
struct CPUTimes: Equatable {
    var total: UInt64
    var idle: UInt64
    /// Logical CPUs.
    var count: Int64

    init(total: UInt64, idle: UInt64, count: Int64) {
        self.total = total
        self.idle = idle
        self.count = count
    }

    /// nil for a text without a readable `cpu` line.
    init?(procStat text: String) {
        var numbers: [UInt64] = []
        var count: Int64 = 0
        for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
            let words = line.split(separator: " ")
            if words[0] == "cpu" {
                // Guest times (fields 9 and 10) are contained in user and nice already.
                numbers = words.dropFirst().prefix(8).compactMap { UInt64($0) }
            } else {
                count += 1
            }
        }
        guard numbers.count >= 4 else { return nil }
        self.init(
            total: numbers.reduce(0, &+), idle: numbers[3] &+ (numbers.count > 4 ? numbers[4] : 0),
            count: max(count, 1))
    }

    /// Percent busy since an earlier sample, 0...100. Counters that went back count as no time.
    func usage(since earlier: CPUTimes) -> Double {
        guard total > earlier.total, idle >= earlier.idle else { return 0 }
        let elapsed = Double(total - earlier.total)
        let busy = elapsed - Double(idle - earlier.idle)
        return min(max(busy / elapsed * 100, 0), 100)
    }
}
