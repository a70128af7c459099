import DeviceProtocol

extension LogService {
    /// Lines of the engine that stand in for a history that is not there.
    static let historyTail = 50

    /// What `get_app_log_history` answers (containers-logs-terminal.md 3.10): the ring, else the stored lines, completed
    /// from the engine when no line of the container is among them.
    ///
    /// - Throws: ``LogNameError`` for a name that is not one of an app.
    public func history(of log: String) async throws(LogNameError) -> [String] {
        var lines: [String] = []
        var hasContainerLine = false
        if let record = await knownRecord(log), case let ring = await record.lines, !ring.isEmpty {
            lines = ring
            hasContainerLine = await record.hasContainerLine
        } else {
            // Only names of apps: reading a device's logs must not open those of foreign containers (C-64).
            guard let name = LogName(log) else { throw LogNameError(name: log) }
            if !name.isPublishing { lines = ((try? await store.loadLog(of: name.id)) ?? nil) ?? [] }
            hasContainerLine = !lines.isEmpty
        }
        return hasContainerLine ? lines : lines + (await lastLines(of: log))
    }

    /// The newest lines of a container; none when the engine does not give any.
    nonisolated func lastLines(of container: String) async -> [String] {
        let lines = LineCollector()
        try? await feed.readLogs(of: container, LogQuery(tail: Self.historyTail)) { await lines.append($0.text) }
        return await lines.lines
    }
}

/// A name that is not the log name of an app.
public struct LogNameError: Error, Sendable, Equatable, CustomStringConvertible {
    public var name: String

    public init(name: String) { self.name = name }

    public var description: String { "invalid container name: \(name)" }
}

/// Lines on their way out of a callback.
private actor LineCollector {
    private(set) var lines: [String] = []

    func append(_ line: String) { lines.append(line) }
}
