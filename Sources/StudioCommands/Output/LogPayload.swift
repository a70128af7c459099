import Values

/// What one event of a log topic holds (containers-logs-terminal.md 3.2).
enum LogPayload {
    /// The lines to show, of any of the wire's four payloads.
    static func lines(of argument: Value) -> [String] {
        if let text = argument.string {
            return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        if let chunk = argument["chunk"]?.string { return chunk == "LOGGER_CLEAR" ? [] : [chunk] }
        if let status = argument["status"]?.string {
            return ["\(status) \(argument["progress"]?.string ?? "")"]
        }
        return []
    }
}
