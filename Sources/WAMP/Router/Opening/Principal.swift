/// An account of the router: who may join, and how that is proven (wamp-protocol.md 10).
public struct Principal: Sendable, Hashable {
    /// What the client has to show.
    public enum Proof: Sendable, Hashable {
        /// Nothing: anybody, or somebody the transport vouches for.
        case none
        /// The ticket as it is.
        case ticket(String)
        /// A signature of the challenge with the secret's UTF-8 bytes as key.
        case wampcra(secret: String)
    }

    public let authID: String
    public let authRole: String
    /// Who keeps the account, told to the client.
    public let authProvider: String
    public let proof: Proof

    /// An account and its proof.
    public init(authID: String, authRole: String, authProvider: String, proof: Proof) {
        self.authID = authID
        self.authRole = authRole
        self.authProvider = authProvider
        self.proof = proof
    }
}

extension Principal: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The identity and the kind of proof, never the secret.
    public var description: String { "\(authID) (\(authRole), \(proof))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["principal": description]) }
}

extension Principal.Proof: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method, never the secret.
    public var description: String {
        switch self {
        case .none: "none"
        case .ticket: "ticket"
        case .wampcra: "wampcra"
        }
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["method": description]) }
}
