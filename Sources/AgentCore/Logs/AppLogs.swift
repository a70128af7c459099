/// The log side of an app's work. Nothing here can fail or delay a step (P19).
public protocol AppLogs: Sendable {
    /// Writes a line of the agent itself: kept if the name is known, published ungated (containers-logs-terminal.md 3.9).
    func write(_ line: String, to log: String) async

    /// Takes one line of a source, for example a pull's progress object: kept, and published while someone listens.
    func append(_ line: String, to log: String) async

    /// Empties history in memory and in the database.
    func clear(_ log: String) async

    /// Tells the viewers to clear: `LOGGER_CLEAR`.
    func clearViewers(of log: String) async

    /// Follows the log of a running container under this name; a container that is followed already is left alone.
    func follow(container: String, as log: String) async

    /// Stops following and forgets the name.
    func forget(_ log: String) async
}
