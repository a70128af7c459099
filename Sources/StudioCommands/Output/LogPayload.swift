import Values

/// What one event of a log topic holds (containers-logs-terminal.md 3.2).
struct LogPayload: Equatable {
    /// Who wrote the lines.
    enum Source: Hashable { case app, agent }

    var source: Source
    /// The lines to show.
    var lines: [String]

    init(_ source: Source, _ lines: [String]) {
        self.source = source
        self.lines = lines
    }

    /// Reads any of the wire's four payloads; of anything else there is nothing to show.
    init(_ argument: Value) {
        if let text = argument.string {
            self.init(.app, text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        } else if let chunk = argument["chunk"]?.string {
            self.init(.agent, chunk == "LOGGER_CLEAR" ? [] : [chunk])
        } else if let status = argument["status"]?.string {
            self.init(.agent, ["\(status) \(argument["progress"]?.string ?? "")"])
        } else {
            self.init(.agent, [])
        }
    }
}
