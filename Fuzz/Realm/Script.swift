import AsyncSupport
import FuzzSupport
import NIOCore
import Values
import WAMP

/// Plays the events of an input to a realm and checks what must hold whatever comes: actions name sessions that are
/// there, a session ends once, a call is answered at most once, and an empty realm holds nothing.
///
/// In a message `$1` to `$9` stands for the number that the realm gave out so many answers ago (a subscription, a
/// registration or an invocation), so that inputs can be written by hand.
struct Script {
    private var machine = RealmMachine(
        realm: "r",
        options: RealmOptions(
            subscriptionsPerSession: 20, registrationsPerSession: 20, callsPerSession: 20, testamentsPerSession: 5),
        authorize: { verb, uri, _, identity in identity.authRole != "guest" || verb == .subscribe && uri != "secret" },
        random: Counting())
    private var sessions: Set<UInt64> = []
    private var timers: Set<RouterTimerID> = []
    /// Calls that were not answered: session and request.
    private var calls: [UInt64: Set<UInt64>] = [:]
    private var given: [UInt64] = []
    private var now = WallTime(seconds: 1_767_225_600)

    mutating func play(_ line: [UInt8].SubSequence) {
        guard let first = line.first else { return }
        now = now.advanced(by: .seconds(1))
        let number = UInt64(line.dropFirst(2).first ?? 0) & 3 + 1
        guard first == UInt8(ascii: ">") else { return receive(line.dropFirst(), from: UInt64(first) & 3 + 1) }
        switch line.dropFirst().first {
        case UInt8(ascii: "j"): join(number, role: "device", features: true)
        case UInt8(ascii: "o"): join(number, role: "device", features: false)
        case UInt8(ascii: "g"): join(number, role: "guest", features: true)
        case UInt8(ascii: "l"):
            sessions.remove(number)
            calls[number] = nil
            take(machine.leave(number, now: now))
        case UInt8(ascii: "t"):
            guard let timer = timers.sorted(by: { "\($0)" < "\($1)" }).first else { return }
            timers.remove(timer)
            take(machine.timerFired(timer, now: now))
        default: take(machine.shutDown())
        }
    }

    mutating func finish() {
        for session in sessions.sorted() {
            sessions.remove(session)
            take(machine.leave(session, now: now))
        }
        let left = machine.statistics
        expect(left == RealmStatistics(), "an empty realm holds something: \(left)")
    }

    private mutating func join(_ session: UInt64, role: String, features: Bool) {
        guard !sessions.contains(session) else { return }
        let all: Value = ["features": ["progressive_call_results": true, "call_canceling": true, "call_timeout": true]]
        let roles: Object = ["caller": all, "callee": all, "publisher": [:], "subscriber": [:]]
        let identity = SessionIdentity(
            session: session, realm: "r", authID: "a\(session)", authRole: role, authMethod: "ticket",
            authProvider: "static")
        sessions.insert(session)
        take(machine.join(identity, hello: features ? ["roles": .object(roles)] : [:], now: now))
    }

    private mutating func receive(_ line: [UInt8].SubSequence, from session: UInt64) {
        do throws(WAMPError) {
            let message = try JSONMessageCodec(payloads: .bytes).decode(ByteBuffer(bytes: filled(line)))
            if case .call(let request, _, _, _) = message, sessions.contains(session) {
                calls[session, default: []].insert(request)
            }
            take(machine.receive(message, from: session, now: now))
        } catch {
            take(machine.receiveInvalid(error, from: session, now: now))
        }
    }

    /// The text with numbers in place of `$1` to `$9`.
    private func filled(_ line: [UInt8].SubSequence) -> [UInt8] {
        var text: [UInt8] = []
        var isMark = false
        for byte in line {
            if isMark, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte) {
                let back = Int(byte - UInt8(ascii: "0"))
                text.append(contentsOf: "\(back <= given.count ? given[given.count - back] : 5)".utf8)
            } else if byte != UInt8(ascii: "$") {
                text.append(byte)
            }
            isMark = byte == UInt8(ascii: "$")
        }
        return text
    }

    private mutating func take(_ actions: [RouterAction]) {
        for action in actions {
            switch action {
            case .send(let message, let session): sent(message, to: [session])
            case .sendEvent(let message, let receivers):
                expect(Set(receivers).count == receivers.count, "an event twice for one session")
                sent(message, to: receivers)
            case .startTimer(let timer, let duration):
                expect(duration > .zero, "a timer that is over already")
                timers.insert(timer)
            case .cancelTimer(let timer): timers.remove(timer)
            case .end(let session, _):
                expect(sessions.remove(session) != nil, "a session ended that is none")
                calls[session] = nil
            }
        }
    }

    private mutating func sent(_ message: Message, to receivers: [UInt64]) {
        for receiver in receivers { expect(sessions.contains(receiver), "\(message.name) for a session that is gone") }
        var buffer = ByteBuffer()
        do throws(WAMPError) {
            try JSONMessageCodec().encode(message, into: &buffer)
        } catch {
            // A payload nested as deep as a message may be cannot be nested deeper in a meta answer.
            violated("\(message.name) cannot be written: \(error)")
        }
        guard let receiver = receivers.first else { return }
        switch message {
        case .subscribed(_, let id), .registered(_, let id), .published(_, let id): given.append(id)
        case .invocation(let request, _, _, _): given.append(request)
        case .result(let request, let details, _) where details["progress"] != true: answered(request, receiver)
        case .error(MessageCode.call, let request, _, _, _): answered(request, receiver)
        default: break
        }
    }

    private mutating func answered(_ request: UInt64, _ session: UInt64) {
        expect(calls[session]?.remove(request) != nil, "an answer to no call, or a second one")
    }
}

/// Numbers that are the same in every run.
struct Counting: RandomNumberGenerator, Sendable {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
