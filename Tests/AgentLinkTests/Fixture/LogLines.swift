import Logging
import Synchronization

/// A log that keeps its lines: message and context.
final class LogLines: Sendable {
    private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

    var texts: [String] { lines.withLock { $0.map(\.text) } }
    var warnings: [String] { lines.withLock { $0.filter { $0.level == .warning }.map(\.text) } }

    var logger: Logger { Logger(label: "lines") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel: Logger.Level = .debug
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append((event.level, "\(event.message) \(event.metadata ?? [:])")) }
        }
    }
}
