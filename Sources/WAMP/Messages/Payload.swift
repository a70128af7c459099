public import Values

/// The application's part of a message: positional and keyword arguments.
///
/// Absent and empty are the same (wamp-protocol.md 1); an empty part is left out when sending.
public struct Payload: Sendable, Hashable {
    public var args: [Value]
    public var kwargs: Object

    /// Arguments to send or as received.
    public init(_ args: [Value] = [], kwargs: Object = [:]) {
        self.args = args
        self.kwargs = kwargs
    }

    /// True when there is nothing to put on the wire.
    public var isEmpty: Bool { args.isEmpty && kwargs.isEmpty }
}
