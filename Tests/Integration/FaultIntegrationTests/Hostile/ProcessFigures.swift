import Foundation

/// What the kernel says of a process.
struct ProcessFigures {
    /// Memory that is the process's own, in MiB (`Anonymous` of smaps_rollup).
    var anonymous: Int
    /// Time on a processor so far.
    var processor: Duration

    init(_ pid: Int32) {
        func lines(_ name: String) -> [Substring] {
            ((try? String(contentsOfFile: "/proc/\(pid)/\(name)", encoding: .utf8)) ?? "").split(separator: "\n")
        }
        let memory = lines("smaps_rollup").first { $0.hasPrefix("Anonymous:") }
        anonymous = (memory?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
        // Behind the name, which may hold blanks: field 3 comes first, user and system time are 14 and 15.
        let fields = lines("stat").first?.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
        processor = .milliseconds(ticks * 1000 / Int(sysconf(Int32(_SC_CLK_TCK))))
    }
}
