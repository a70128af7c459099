import Values

/// The authentication's part of the opening: what HELLO offers, and the answers to CHALLENGEs.
struct Authenticator: Sendable {
    /// More rounds than any method has.
    private static let maximumRounds = 8

    let authentication: Authentication
    private var rounds = 0

    init(_ authentication: Authentication) { self.authentication = authentication }

    /// Offers only what is configured: Crossbar denies a client at a method name it does not know.
    var helloDetails: Object {
        var details: Object = ["authmethods": [.string(authentication.method)]]
        if let authID = authentication.authID { details["authid"] = .string(authID) }
        return details
    }

    /// - Throws: `authentication` for a challenge that cannot be answered.
    mutating func answer(method: String, extra: Object) throws(WAMPError) -> Message {
        rounds += 1
        guard rounds <= Self.maximumRounds else {
            throw WAMPError(.authentication, message: "the router does not stop asking")
        }
        guard method == authentication.method else {
            throw WAMPError(.authentication, message: "a challenge of a method that was not offered")
        }
        switch authentication {
        case .anonymous: throw WAMPError(.authentication, message: "a challenge to an anonymous client")
        case .ticket(_, let ticket): return .authenticate(signature: ticket, extra: [:])
        case .wampcra(_, let secret):
            return .authenticate(signature: try WAMPCRA.answer(extra, secret: secret), extra: [:])
        }
    }
}
