import AsyncSupport
import StudioCore
import WAMP
import WAMPRouter

/// Who may join the studio's own router.
///
/// Devices prove the secret of their identity file. Operators prove the operator's secret, unless they come through the
/// studio's socket as the user who runs the studio, or as root: those could read the secret anyway. `system` is the
/// studio itself and nobody else: its secret is made at each start and never leaves the process.
struct StudioAuthenticator: RouterAuthenticator {
    /// A device that comes while the studio starts waits for it; the router gives up a little later.
    private static let startLimit: Duration = .seconds(8)
    private static let root: UInt32 = 0

    let registry: JoinRegistry
    let operatorSecret: String
    let systemSecret: String
    /// The user who runs the studio.
    let userID: UInt32
    /// Opened when the studio's procedures stand.
    let isServing: Gate
    let time: any TimeSource

    func principal(for request: JoinRequest) async throws(JoinRefusal) -> Principal {
        switch request.authID {
        case RouterAccount.systemID?:
            return Principal(
                authID: RouterAccount.systemID, authRole: RouterAccount.systemRole, authProvider: "studio",
                proof: .wampcra(secret: systemSecret))
        case RouterAccount.operatorID?, nil:
            return try operatorPrincipal(request)
        case let authID?:
            return try await devicePrincipal(authID, request)
        }
    }

    private func operatorPrincipal(_ request: JoinRequest) throws(JoinRefusal) -> Principal {
        let proof: Principal.Proof
        if isTrusted(request.peer), !request.authMethods.contains("wampcra") {
            proof = .none
        } else if request.authID == nil {
            throw JoinRefusal(uri: ErrorURI.noAuthMethod, message: "nobody joins without a name and a secret")
        } else {
            proof = .wampcra(secret: operatorSecret)
        }
        return Principal(
            authID: RouterAccount.operatorID, authRole: RouterAccount.operatorRole, authProvider: "studio",
            proof: proof)
    }

    private func isTrusted(_ peer: PeerAddress) -> Bool {
        guard case .local(let user) = peer else { return false }
        return user == userID || user == Self.root
    }

    private func devicePrincipal(_ authID: String, _ request: JoinRequest) async throws(JoinRefusal) -> Principal {
        do {
            try await withDeadline(Self.startLimit, on: time) { [isServing] in try await isServing.wait() }
        } catch {
            throw JoinRefusal(uri: ErrorURI.unavailable, message: "the studio is starting")
        }
        do throws(StudioError) {
            let device = try await registry.device(authID: authID, realm: request.realm)
            return Principal(
                authID: device.authID, authRole: RouterAccount.deviceRole, authProvider: "dynamic",
                proof: .wampcra(secret: device.secret))
        } catch {
            // The router goes on as with an account that exists: nobody learns which ones do (wamp-protocol.md 10).
            guard error.code != .noSuchDevice else { throw .unknownPrincipal }
            throw JoinRefusal(uri: ErrorURI.unavailable, message: "the studio cannot look up devices at the moment")
        }
    }
}
