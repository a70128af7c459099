internal import AsyncSupport
internal import Files

/// Owns the log file, on a thread of its own because a disk may take its time.
actor LogWriter {
    private let executor = ThreadExecutor(name: "log")
    private let path: String
    private let limit: Int64
    private var file: RotatingFile?
    private var hasComplained = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(path: String, limit: Int64) {
        self.path = path
        self.limit = limit
    }

    /// Writes to standard output, which may be a pipe that nobody empties for a while.
    func show(_ text: String) { Console.write(text, to: .output) }

    /// Appends one line. A disk that refuses it is said once on standard error, and tried again with the next line.
    func append(_ line: [UInt8]) {
        do throws(FileError) {
            if file == nil { file = try RotatingFile(path, limit: limit) }
            try file?.append(line)
            hasComplained = false
        } catch {
            if !hasComplained { Console.write("cannot write the log: \(error)\n", to: .errors) }
            hasComplained = true
        }
    }
}
