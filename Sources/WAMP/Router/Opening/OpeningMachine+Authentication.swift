public import AsyncSupport
import Values

// MARK: - From HELLO to the challenge (wamp-protocol.md 10)

extension OpeningMachine {
    /// The methods that there are. Others in a client's list are passed over.
    private static let methods: Set<String> = ["anonymous", "peer", "ticket", "wampcra"]

    mutating func hello(_ realm: String, _ details: Object) -> [OpeningAction] {
        let hello: HelloDetails
        do { hello = try HelloDetails(details) } catch { return violated(error.message) }
        guard options.realms.contains(realm) else {
            return abort(JoinRefusal(uri: ErrorURI.noSuchRealm, message: "there is no realm of that name"))
        }
        guard hello.hasRole else {
            return abort(JoinRefusal(uri: ErrorURI.noSuchRole, message: "HELLO announces no role"))
        }
        let methods = hello.authMethods.filter(Self.methods.contains)
        guard !methods.isEmpty else { return noCommonMethod() }
        let request = JoinRequest(
            realm: realm, authID: hello.authID, authMethods: methods, authExtra: hello.authExtra, agent: hello.agent,
            peer: peer)
        phase = .authenticating(request, hello: details)
        return [.startTimer(options.authenticateTimeout), .authenticate(request)]
    }

    /// The authenticator knows the account.
    /// - Parameter now: for the challenge's time stamp.
    public mutating func principalFound(_ principal: Principal, now: WallTime) -> [OpeningAction] {
        guard case .authenticating(let request, let hello) = phase else { return [] }
        switch principal.proof {
        case .none:
            guard request.authMethods.contains(where: { $0 == "anonymous" || $0 == "peer" }) else {
                return noCommonMethod()
            }
            return welcome(identity(principal, request, method: vouchedMethod), hello)
        case .ticket(let ticket):
            guard request.authMethods.contains("ticket") else { return noCommonMethod() }
            return challenged(
                Challenge(ticket: ticket, identity: identity(principal, request, method: "ticket")), hello)
        case .wampcra(let secret):
            guard request.authMethods.contains("wampcra") else { return noCommonMethod() }
            return challengeToSign(secret: secret, identity(principal, request, method: "wampcra"), hello, now: now)
        }
    }

    /// The authenticator does not let the client in.
    public mutating func refused(_ refusal: JoinRefusal, now: WallTime) -> [OpeningAction] {
        guard case .authenticating(let request, let hello) = phase else { return [] }
        guard refusal.uri == ErrorURI.noSuchPrincipal else { return abort(refusal) }
        // As nexus does, so that accounts cannot be guessed: a challenge that no answer fits.
        let unknown = Principal(
            authID: request.authID ?? "", authRole: options.unknownRole, authProvider: options.unknownProvider,
            proof: .none)
        switch request.authMethods.first(where: { $0 == "ticket" || $0 == "wampcra" }) {
        case "ticket":
            return challenged(Challenge(ticket: nil, identity: identity(unknown, request, method: "ticket")), hello)
        case "wampcra":
            return challengeToSign(secret: nil, identity(unknown, request, method: "wampcra"), hello, now: now)
        default: return noCommonMethod()
        }
    }

    private mutating func challengeToSign(
        secret: String?, _ identity: SessionIdentity, _ hello: Object, now: WallTime
    ) -> [OpeningAction] {
        do {
            return challenged(
                try Challenge(secret: secret, identity: identity, now: now, random: &random), hello)
        } catch {
            return abort(JoinRefusal(uri: ErrorURI.authenticationFailed, message: error.message))
        }
    }

    private mutating func challenged(_ challenge: Challenge, _ hello: Object) -> [OpeningAction] {
        phase = .challenged(challenge, hello: hello)
        return [.send(challenge.message), .startTimer(options.authenticateTimeout)]
    }

    private mutating func noCommonMethod() -> [OpeningAction] {
        abort(JoinRefusal(uri: ErrorURI.noAuthMethod, message: "none of the authentication methods will do"))
    }

    /// A peer on this machine is vouched for by its socket, a network peer by nobody.
    private var vouchedMethod: String { if case .network = peer { "anonymous" } else { "peer" } }

    private func identity(_ principal: Principal, _ request: JoinRequest, method: String) -> SessionIdentity {
        SessionIdentity(
            session: session, realm: request.realm, authID: principal.authID, authRole: principal.authRole,
            authMethod: method, authProvider: principal.authProvider, transport: transport, agent: request.agent)
    }
}
