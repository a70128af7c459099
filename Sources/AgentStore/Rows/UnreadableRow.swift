/// A row that this program cannot understand. It is kept as it is, skipped, and shown to people.
public struct UnreadableRow: Sendable, Equatable, CustomStringConvertible {
    public var table: String
    /// The row's `id`, or its `rowid`.
    public var id: Int64
    /// In words; no values of the row but state, stage and status texts.
    public var reason: String

    public init(table: String, id: Int64, reason: String) {
        self.table = table
        self.id = id
        self.reason = reason
    }

    public var description: String { "row \(id) of \(table): \(reason)" }
}
