public import Values

/// The application's part of a message: positional and keyword arguments.
///
/// Absent and empty are the same (wamp-protocol.md 1); an empty part is left out when sending. What a router passes on
/// stays the checked bytes that it received until somebody looks: each look then reads them anew.
public struct Payload: Sendable {
    enum Storage: Sendable {
        case values([Value], Object)
        case encoded(EncodedPayload)
    }

    private(set) var storage: Storage

    /// Arguments to send or as received.
    public init(_ args: [Value] = [], kwargs: Object = [:]) { storage = .values(args, kwargs) }

    /// Arguments as they came.
    init(_ encoded: EncodedPayload) { storage = encoded.isEmpty ? .values([], [:]) : .encoded(encoded) }

    public var args: [Value] {
        get {
            switch storage {
            case .values(let args, _): args
            case .encoded(let encoded): encoded.args
            }
        }
        set { storage = .values(newValue, kwargs) }
    }

    public var kwargs: Object {
        get {
            switch storage {
            case .values(_, let kwargs): kwargs
            case .encoded(let encoded): encoded.kwargs
            }
        }
        set { storage = .values(args, newValue) }
    }

    /// True when there is nothing to put on the wire.
    public var isEmpty: Bool {
        switch storage {
        case .values(let args, let kwargs): args.isEmpty && kwargs.isEmpty
        case .encoded: false
        }
    }
}

extension Payload: Hashable {
    public static func == (left: Payload, right: Payload) -> Bool {
        left.args == right.args && left.kwargs == right.kwargs
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(args)
        hasher.combine(kwargs)
    }
}
