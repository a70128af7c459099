/// How a client proves who it is (wamp-protocol.md 10).
public enum Authentication: Sendable, Hashable {
    case anonymous
    /// The ticket travels as it is; use it over TLS only.
    case ticket(authID: String, ticket: String)
    /// The secret never travels.
    case wampcra(authID: String, secret: String)
}

extension Authentication: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method and the identity, never the secret.
    public var description: String { authID.map { "\(method)(\($0))" } ?? method }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["method": method, "authID": authID ?? ""]) }

    /// The name under `authmethods`.
    public var method: String {
        switch self {
        case .anonymous: "anonymous"
        case .ticket: "ticket"
        case .wampcra: "wampcra"
        }
    }

    /// The identity asked for; nil for anonymous.
    public var authID: String? {
        switch self {
        case .anonymous: nil
        case .ticket(let authID, _), .wampcra(let authID, _): authID
        }
    }
}
