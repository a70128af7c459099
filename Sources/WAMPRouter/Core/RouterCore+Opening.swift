import AsyncSupport
import Logging
import Values
import WAMP
import WAMPTransport

// MARK: - From the transport to WELCOME

extension RouterCore {
    /// What `wamp.session.get` shows of a transport: one object, shared by all sessions.
    static let transportDetails: Object = ["type": "websocket", "protocol": "wamp.2.json"]

    /// Waits for HELLO, on a new transport or on one whose session has ended.
    func open(_ connection: RouterConnection, isAgain: Bool) {
        let session = drawSession()
        let machine = OpeningMachine(
            session: session, peer: connection.peer, transport: Self.transportDetails,
            options: isAgain ? againOptions : openingOptions)
        let opening = RouterConnection.Opening(machine: machine, session: session, isAgain: isAgain)
        connection.phase = .opening(opening)
        connection.nextPing = configuration.pingInterval.map { time.monotonic + $0 }
        carryOut(opening.machine.start(), connection, opening)
    }

    func advance(
        _ connection: RouterConnection, _ opening: RouterConnection.Opening, _ decoded: Result<Message, WAMPError>
    ) {
        switch decoded {
        case .success(let message):
            if case .hello = message, let refusal = refusalOfAttempt(connection) {
                return refuse(connection, opening, refusal)
            }
            carryOut(opening.machine.receive(message), connection, opening)
        case .failure(let error):
            carryOut(opening.machine.receiveInvalid(error), connection, opening)
        }
    }

    /// The authenticator has answered; the connection may be gone, or be in another opening.
    func authenticated(_ request: AuthenticationRequest, _ answer: Result<Principal, JoinRefusal>) {
        guard let connection = connections[request.connection], case .opening(let opening) = connection.phase,
            opening.session == request.session
        else { return }
        switch answer {
        case .success(let principal):
            carryOut(opening.machine.principalFound(principal, now: time.wall), connection, opening)
        case .failure(let refusal):
            carryOut(opening.machine.refused(refusal, now: time.wall), connection, opening)
        }
    }

    func carryOut(
        _ actions: [OpeningAction], _ connection: RouterConnection, _ opening: RouterConnection.Opening
    ) {
        for action in actions {
            switch action {
            case .send(let message): send(message, on: connection)
            case .authenticate(let request): ask(request, connection, opening)
            case .startTimer(let duration): connection.deadline = time.monotonic + duration
            case .cancelTimer: connection.deadline = nil
            case .join(let identity, let hello): join(connection, identity, hello: hello)
            case .close(let failure): failed(connection, opening, failure)
            }
        }
    }

    private func ask(_ request: JoinRequest, _ connection: RouterConnection, _ opening: RouterConnection.Opening) {
        let question = AuthenticationRequest(connection: connection.id, session: opening.session, request: request)
        guard authentications.send(question) != .sent else { return }
        refuse(
            connection, opening,
            JoinRefusal(uri: ErrorURI.unavailable, message: "too many are joining; try again later"))
    }

    private func join(_ connection: RouterConnection, _ identity: SessionIdentity, hello: Object) {
        guard let realm = realms[identity.realm] else { return close(connection, code: 1011) }
        reserved.remove(identity.session)
        connection.phase = .joined(session: identity.session, realm)
        sessions[identity.session] = connection
        logger.debug(
            "session joined",
            metadata: [
                "session": "\(identity.session)", "realm": "\(identity.realm)", "authid": "\(identity.authID)",
                "role": "\(identity.authRole)", "method": "\(identity.authMethod)", "peer": "\(connection.peer)",
            ])
        feed(realm, .joined(identity, hello: hello))
    }

    /// The rules that come before any account: the limit per address and the number of sessions.
    private func refusalOfAttempt(_ connection: RouterConnection) -> JoinRefusal? {
        guard joinLimiter.admit(connection.peer, at: time.monotonic) else {
            statistics.limitedJoins += 1
            // A reason that clients take for a passing one: behind the same address there may be honest devices.
            return JoinRefusal(uri: ErrorURI.unavailable, message: "too many attempts to join; try again later")
        }
        guard sessions.count < configuration.maxSessions else {
            return JoinRefusal(uri: ErrorURI.unavailable, message: "too many sessions; try again later")
        }
        return nil
    }

    private func refuse(
        _ connection: RouterConnection, _ opening: RouterConnection.Opening, _ refusal: JoinRefusal
    ) {
        carryOut(opening.machine.abandon(), connection, opening)
        send(
            .abort(details: ["message": .string(refusal.message)], reason: refusal.uri, payload: Payload()),
            on: connection)
        failed(connection, opening, .refused(reason: refusal.uri, message: refusal.message))
    }

    private func failed(
        _ connection: RouterConnection, _ opening: RouterConnection.Opening, _ failure: OpeningFailure
    ) {
        reserved.remove(opening.session)
        connection.phase = .ending
        let text: String
        var code: UInt16 = 1000
        switch failure {
        case .refused(let reason, let message):
            text = "\(reason): \(message)"
            if reason != ErrorURI.unavailable { joinLimiter.charge(connection.peer, at: time.monotonic) }
        case .violation(let message):
            (text, code) = (message, 1002)
            joinLimiter.charge(connection.peer, at: time.monotonic)
        case .timeout: text = "it said nothing in time"
        case .left: text = "it gave up"
        }
        close(connection, code: code)
        // After a session on the same transport silence is the normal end.
        if opening.isAgain, failure == .timeout || failure == .left { return }
        statistics.refusedJoins += 1
        logLimited("no session for a peer", ["peer": "\(connection.peer)", "reason": "\(text)"])
    }
}
