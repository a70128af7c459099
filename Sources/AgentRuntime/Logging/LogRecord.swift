internal import AsyncSupport
internal import Logging

/// One line of the log before it is text. Made where something happens, turned into text on the log's own thread.
struct LogRecord: Sendable {
    var level: Logger.Level
    var message: String
    /// Context fields, in the order of their names when written.
    var fields: Logger.Metadata = [:]
    var error: (any Error)?
    /// `Module/File.swift:12`.
    var caller: String
    var time: WallTime
}
