import AsyncSupport
import Crypto
import Values

/// One CHALLENGE that waits for its one answer (wamp-protocol.md 10.2, 10.3).
struct Challenge: Sendable {
    /// What the answer is compared with. Without an expectation nothing fits: the account does not exist.
    private enum Expectation: Sendable {
        case ticket(String?)
        case signature(challenge: String, secret: String)
    }

    /// Bytes of a nonce; the specification wants 16 at least.
    private static let nonceLength = 24
    private static let unknownKeyLength = 32

    let identity: SessionIdentity
    /// The CHALLENGE to send.
    let message: Message
    private let expectation: Expectation

    /// A challenge for a ticket; nil stands for an account that does not exist.
    init(ticket: String?, identity: SessionIdentity) {
        self.identity = identity
        message = .challenge(method: "ticket", extra: [:])
        expectation = .ticket(ticket)
    }

    /// A challenge for a signature. Without a secret a random key takes its place, which no answer fits.
    /// - Throws: `invalidMessage` when the text cannot be written.
    init(
        secret: String?, identity: SessionIdentity, now: WallTime, random: inout any RandomNumberGenerator & Sendable
    ) throws(WAMPError) {
        let text: String
        do {
            text = try JSON.text([
                "authid": .string(identity.authID), "authrole": .string(identity.authRole),
                "authmethod": "wampcra", "authprovider": .string(identity.authProvider),
                "session": .integer(identity.session),
                "nonce": .string(Self.randomText(Self.nonceLength, &random)),
                "timestamp": .string(now.rfc3339Milliseconds),
            ])
        } catch {
            throw WAMPError(.invalidMessage, message: "the challenge cannot be written")
        }
        self.identity = identity
        message = .challenge(method: "wampcra", extra: ["challenge": .string(text)])
        // An account without a secret has no answer that fits, just like one that does not exist.
        let key = secret.flatMap { $0.isEmpty ? nil : $0 } ?? Self.randomText(Self.unknownKeyLength, &random)
        expectation = .signature(challenge: text, secret: key)
    }

    /// Whether the answer proves the identity. Takes as long for a wrong answer as for the right one.
    func accepts(_ answer: String) -> Bool {
        switch expectation {
        case .ticket(let ticket):
            // Digests have one length and are compared in constant time.
            let same = SHA256.hash(data: Array(answer.utf8)) == SHA256.hash(data: Array((ticket ?? "").utf8))
            return same && ticket?.isEmpty == false
        case .signature(let challenge, let secret):
            return HMAC<SHA256>.isValidAuthenticationCode(
                Base64.decode(answer) ?? [], authenticating: Array(challenge.utf8),
                using: SymmetricKey(data: Array(secret.utf8)))
        }
    }

    /// What the client is told when its answer does not fit. The sentence for a signature is the one that device
    /// agents know from Crossbar (wamp-protocol.md 10).
    var refusal: JoinRefusal {
        switch expectation {
        case .ticket: JoinRefusal(uri: ErrorURI.notAuthorized, message: "the ticket is invalid")
        case .signature:
            JoinRefusal(uri: ErrorURI.notAuthorized, message: "WAMP-CRA client signature is invalid")
        }
    }

    private static func randomText(_ count: Int, _ random: inout any RandomNumberGenerator & Sendable) -> String {
        var bytes: [UInt8] = []
        while bytes.count < count {
            withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
        }
        return Base64.encode(bytes.prefix(count))
    }
}
