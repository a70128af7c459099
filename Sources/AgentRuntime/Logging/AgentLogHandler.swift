internal import AsyncSupport
public import Logging

/// The log handler of the agent: takes a record and returns at once, whatever the disk does.
public struct AgentLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let log: AgentLog

    init(level: Logger.Level, log: AgentLog) {
        self.logLevel = level
        self.log = log
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let given = event.metadata { fields.merge(given) { _, new in new } }
        log.send(
            LogRecord(
                level: event.level, message: event.message.description, fields: fields, error: event.error,
                caller: "\(event.file):\(event.line)", time: log.time.wall))
    }

    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
