internal import AsyncSupport
internal import Files

/// Owns the log file, on a thread of its own because a disk may take its time.
actor LogWriter {
    private let executor = ThreadExecutor(name: "log")
    private let path: String
    private let limit: Int64
    private var file: RotatingFile?
    private var hasComplained = false
    /// Lines that are not in the file.
    private var missing: UInt64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(path: String, limit: Int64) {
        self.path = path
        self.limit = limit
    }

    /// Writes to standard output, which may be a pipe that nobody empties for a while.
    func show(_ text: String) { Console.write(text, to: .output) }

    /// Appends one line. A disk that refuses it is said once on standard error, and tried again with the next line;
    /// before that one `remark` tells how many are missing.
    func append(_ line: [UInt8], remark: (UInt64) -> [UInt8]?) {
        do throws(FileError) {
            try tell(remark)
            try write(line)
            hasComplained = false
        } catch {
            missing += 1
            if !hasComplained { Console.write("cannot write the log: \(error)\n", to: .errors) }
            hasComplained = true
        }
    }

    /// The last chance to tell of missing lines.
    func finish(remark: (UInt64) -> [UInt8]?) { try? tell(remark) }

    private func tell(_ remark: (UInt64) -> [UInt8]?) throws(FileError) {
        guard missing > 0, let line = remark(missing) else { return }
        try write(line)
        missing = 0
    }

    private func write(_ line: [UInt8]) throws(FileError) {
        if file == nil { file = try RotatingFile(path, limit: limit) }
        try file?.append(line)
    }
}
