import AsyncSupport
import DequeModule
import Logging
import NIOCore
import WAMP
import WAMPTransport

// MARK: - Events into the realms, actions out of them

extension RouterCore {
    /// Gives an event to a realm and carries out what comes of it. What happens on the way waits its turn.
    func feed(_ realm: Realm, _ event: RealmEvent) {
        guard !isCarryingOut else { return events.append((realm, event)) }
        isCarryingOut = true
        process(realm, event)
        while let (realm, event) = events.popFirst() { process(realm, event) }
        isCarryingOut = false
    }

    private func process(_ realm: Realm, _ event: RealmEvent) {
        let now = time.wall
        let actions =
            switch event {
            case .message(let message, let session): realm.machine.receive(message, from: session, now: now)
            case .joined(let identity, let hello): realm.machine.join(identity, hello: hello, now: now)
            case .invalid(let error, let session): realm.machine.receiveInvalid(error, from: session, now: now)
            case .left(let session): realm.machine.leave(session, now: now)
            case .timer(let id): realm.machine.timerFired(id, now: now)
            case .undeliverable(let message, let session):
                realm.machine.undeliverable(message, to: session, now: now)
            case .shutDown: realm.machine.shutDown()
            }
        for action in actions { carryOut(action, realm) }
    }

    private func carryOut(_ action: RouterAction, _ realm: Realm) {
        switch action {
        case .send(let message, let session): send(message, to: session, realm)
        case .sendEvent(let message, let receivers): sendEvent(message, to: receivers)
        case .startTimer(let id, let duration):
            realm.timers[id]?.cancel()
            realm.timers[id] = loop.assumeIsolated().scheduleTask(in: TimeAmount(duration)) {
                realm.timers[id] = nil
                self.feed(realm, .timer(id))
            }
        case .cancelTimer(let id): realm.timers.removeValue(forKey: id)?.cancel()
        case .end(let session, let end): ended(session, end)
        }
    }

    private func send(_ message: Message, to session: UInt64, _ realm: Realm) {
        guard let connection = sessions[session] else { return }
        guard let frame = frame(of: message) else { return feed(realm, .undeliverable(message, to: session)) }
        if case .event = message {
            queue(frame, on: connection, mayDrop: true)
        } else {
            queue(frame, on: connection, mayDrop: false)
        }
    }

    /// One encoding and one buffer for all receivers: frames of a server are not masked.
    private func sendEvent(_ message: Message, to receivers: [UInt64]) {
        guard let frame = frame(of: message) else {
            statistics.droppedEvents += UInt64(receivers.count)
            return
        }
        for session in receivers {
            guard let connection = sessions[session] else { continue }
            queue(frame, on: connection, mayDrop: true)
        }
    }

    private func ended(_ session: UInt64, _ end: RouterSessionEnd) {
        guard let connection = sessions.removeValue(forKey: session) else { return }
        connection.phase = .ending
        switch end {
        case .left:
            guard isDraining else { return open(connection, isAgain: true) }
            close(connection, code: 1001)
        case .dismissed(let reason):
            logger.info("session dismissed", metadata: ["session": "\(session)", "reason": "\(reason)"])
            connection.deadline = time.monotonic + configuration.goodbyeGrace
        case .aborted:
            close(connection, code: 1000)
        case .violated(let text):
            logLimited(
                "session broke the protocol",
                ["session": "\(session)", "peer": "\(connection.peer)", "reason": "\(text)"])
            close(connection, code: 1002)
        }
    }
}

// MARK: - Output

extension RouterCore {
    /// Outside of a realm: the messages of an opening.
    func send(_ message: Message, on connection: RouterConnection) {
        guard let frame = frame(of: message) else { return close(connection, code: 1011) }
        queue(frame, on: connection, mayDrop: false)
    }

    /// Nil when the message cannot be written or is longer than a peer has to take.
    private func frame(of message: Message) -> ByteBuffer? {
        do throws(WAMPError) {
            let frame = try WebSocketServerConnection.frame(isText: codec.isText) { (buffer) throws(WAMPError) in
                try codec.encode(message, into: &buffer)
            }
            // The header of a frame is counted too; nobody depends on these bytes.
            return frame.readableBytes <= configuration.maxMessageSize ? frame : nil
        } catch {
            logLimited("message could not be written", ["message": "\(message.name)", "reason": "\(error.message)"])
            return nil
        }
    }

    private func queue(_ frame: ByteBuffer, on connection: RouterConnection, mayDrop: Bool) {
        let now = connection.overLimitSince == nil ? time.monotonic : .zero
        switch connection.queue(frame, mayDrop: mayDrop, limit: configuration.outbound, now: now) {
        case .queued:
            statistics.messagesOut += 1
            markDirty(connection)
        case .dropped: statistics.droppedEvents += 1
        case .overflow: endSlow(connection, "Its answers filled the queue.")
        }
    }

    /// All that one turn of the event loop brings is flushed at its end, once per connection.
    private func markDirty(_ connection: RouterConnection) {
        guard !connection.isDirty else { return }
        connection.isDirty = true
        dirty.append(connection)
        if dirty.count == 1 { loop.assumeIsolated().execute { self.flush() } }
    }

    private func flush() {
        let flushed = dirty
        dirty.removeAll(keepingCapacity: true)
        for connection in flushed {
            connection.isDirty = false
            connection.transport.flush()
        }
    }

    /// Ends a peer that does not read. It gets no GOODBYE: that would wait behind all the rest.
    func endSlow(_ connection: RouterConnection, _ reason: String) {
        guard case .joined(let session, _) = connection.phase else {
            return connection.transport.drop(TransportError(.closed, reason))
        }
        statistics.endedSlow += 1
        logger.notice("slow session ended", metadata: ["session": "\(session)", "reason": "\(reason)"])
        connection.transport.drop(TransportError(.closed, reason))
    }
}

// MARK: - The end of the router

extension RouterCore {
    /// GOODBYE to all; succeeds when the last connection is gone, or after the bound.
    func drain(_ done: EventLoopPromise<Void>) {
        guard !isDraining else { return done.succeed() }
        isDraining = true
        authentications.finish()
        for realm in realms.values { feed(realm, .shutDown) }
        for connection in connections.values {
            guard case .opening(let opening) = connection.phase else { continue }
            carryOut(opening.machine.abandon(), connection, opening)
            reserved.remove(opening.session)
            connection.phase = .ending
            close(connection, code: 1001)
        }
        guard !connections.isEmpty else { return done.succeed() }
        drained = done
        _ = loop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.drainTimeout)) { self.dropAll() }
    }

    private func dropAll() {
        for connection in connections.values {
            connection.transport.drop(TransportError(.closed, "The router has stopped."))
        }
        drained.take()?.succeed()
    }

    /// After the drain: nothing may hold the loop any more.
    func stop() {
        stopScanning()
        for realm in realms.values {
            for timer in realm.timers.values { timer.cancel() }
            realm.timers = [:]
        }
    }
}
