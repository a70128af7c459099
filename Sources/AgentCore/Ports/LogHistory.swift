/// What viewers get to see of an app's past (containers-logs-terminal.md 3.10).
public protocol LogHistory: Sendable {
    /// Oldest line first; empty when there is nothing.
    func history(of log: String) async throws(LogNameError) -> [String]
}

extension LogService: LogHistory {}
