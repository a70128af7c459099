public import AsyncSupport
internal import Files
public import Logging

/// The agent's log: one bounded queue that every logger fills and `run` empties into the file.
public final class AgentLog: Sendable {
    /// Lines that wait for the disk; what comes when the queue is full pushes out the oldest and is counted.
    public static let capacity = 4096

    /// Removes secrets from everything that is written.
    public let redactor: Redactor
    let time: any TimeSource
    private let level: Logger.Level
    private let isOnConsole: Bool
    private let queue: BoundedChannel<LogRecord>
    private let writer: LogWriter
    private let format: LogFormat

    /// - Parameters:
    ///   - file: created with its directory when the first line comes.
    ///   - isOnConsole: readable lines also go to standard output (`-prettyLogging`).
    public init(
        file: String, level: Logger.Level, isOnConsole: Bool = false, redactor: Redactor = Redactor(),
        time: any TimeSource = SystemTime(), capacity: Int = AgentLog.capacity
    ) {
        self.redactor = redactor
        self.time = time
        self.level = level
        self.isOnConsole = isOnConsole
        queue = BoundedChannel(capacity: capacity, overflow: .dropOldest)
        writer = LogWriter(path: file, limit: RotatingFile.defaultLimit)
        format = LogFormat(redactor: redactor)
    }

    /// A logger that writes here.
    public func logger(_ label: String) -> Logger {
        Logger(label: label) { _ in AgentLogHandler(level: self.level, log: self) }
    }

    /// Lines lost because the queue was full.
    public var dropped: UInt64 { queue.dropped }

    /// Lines that wait for the disk now.
    public var waiting: Int { queue.count }

    /// Writes until `finish` was called and everything is on the disk.
    public func run() async {
        var said: UInt64 = 0
        for await record in queue {
            let dropped = queue.dropped
            if dropped > said {
                await write(
                    LogRecord(
                        level: .warning, message: "log lines were lost, the disk was too slow",
                        fields: ["lost": "\(dropped - said)"], caller: "\(#fileID):\(#line)", time: time.wall)
                )
                said = dropped
            }
            await write(record)
        }
        await writer.finish(remark: remark(on:))
    }

    /// No more lines; `run` returns when it has written the last one.
    public func finish() { queue.finish() }

    func send(_ record: LogRecord) { queue.send(record) }

    private func write(_ record: LogRecord) async {
        if let line = format.json(record) { await writer.append(line, remark: remark(on:)) }
        if isOnConsole { await writer.show(format.readable(record)) }
    }

    /// The line that stands for lines that the disk did not take.
    @Sendable private func remark(on missing: UInt64) -> [UInt8]? {
        format.json(
            LogRecord(
                level: .warning, message: "\(missing) lines were not written, the disk did not take them",
                fields: ["lost": "\(missing)"], caller: "\(#fileID):\(#line)", time: time.wall))
    }
}
