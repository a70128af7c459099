internal import AsyncSupport
internal import Files

/// Owns the log file, on a thread of its own because a disk may take its time.
actor LogWriter {
    private let executor = ThreadExecutor(name: "log")
    private let path: String
    private let limit: Int64
    private var file: RotatingFile?
    private var hasComplained = false
    /// Lines that the disk did not take.
    private(set) var lost: UInt64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(path: String, limit: Int64) {
        self.path = path
        self.limit = limit
    }

    /// Appends one line. A disk that refuses it is said once on standard error, and tried again with the next line.
    func append(_ line: [UInt8]) {
        do throws(FileError) {
            if file == nil { file = try RotatingFile(path, limit: limit) }
            try file?.append(line)
            hasComplained = false
        } catch {
            lost += 1
            if !hasComplained { Console.write("cannot write the log: \(error)\n", to: .errors) }
            hasComplained = true
        }
    }
}
