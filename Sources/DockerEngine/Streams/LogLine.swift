public import AsyncSupport

/// One line of a log, without its line end.
public struct LogLine: Sendable, Equatable {
    /// The engine's stamp of the line's first piece; nil when none was asked for.
    public var time: WallTime?
    /// Valid text: bytes that are no UTF-8, and NUL, are U+FFFD.
    public var text: String

    public init(time: WallTime? = nil, text: String) {
        self.time = time
        self.text = text
    }
}
