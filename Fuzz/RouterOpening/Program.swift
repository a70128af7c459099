import AsyncSupport
import FuzzSupport
import NIOCore
import Values
import WAMP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A router's opening against any client. Every line of an input is one event: a message of the client, or a `>` and
/// what happens else: `>a` `>t` `>c` `>n` the authenticator's word, `>x` the timer, `>l` the end of the transport.
@main
struct Program {
    static func main() {
        exit(
            Fuzzer.run { bytes in
                var opening = Opening()
                for line in bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 100) { opening.play(line) }
                opening.finish()
            })
    }
}

/// Checks what must hold: nothing after the end, one end at most, a session only for whom the authenticator knows.
struct Opening {
    private var machine = OpeningMachine(
        session: 77, peer: .network("127.0.0.1"), options: OpeningOptions(realms: ["r"]), random: Counting())
    private var isOver = false
    private var isWelcome = false
    private var mayJoin = false

    init() { take(machine.start()) }

    mutating func play(_ line: [UInt8].SubSequence) {
        let now = WallTime(seconds: 1_767_225_600)
        guard line.first == UInt8(ascii: ">") else { return receive(line) }
        func principal(_ proof: Principal.Proof) -> Principal {
            Principal(authID: "a", authRole: "device", authProvider: "dynamic", proof: proof)
        }
        switch line.dropFirst().first {
        case UInt8(ascii: "a"):
            mayJoin = true
            take(machine.principalFound(principal(.none), now: now))
        case UInt8(ascii: "t"):
            mayJoin = true
            take(machine.principalFound(principal(.ticket("t")), now: now))
        case UInt8(ascii: "c"):
            mayJoin = true
            take(machine.principalFound(principal(.wampcra(secret: "s")), now: now))
        case UInt8(ascii: "n"): take(machine.refused(.unknownPrincipal, now: now))
        case UInt8(ascii: "r"): take(machine.refused(JoinRefusal(uri: "a.b", message: "no"), now: now))
        case UInt8(ascii: "x"): take(machine.timerFired())
        default: take(machine.abandon())
        }
    }

    mutating func finish() {
        take(machine.abandon())
        expect(machine.isOver && machine.start().isEmpty && machine.timerFired().isEmpty, "actions after the end")
    }

    private mutating func receive(_ line: [UInt8].SubSequence) {
        do throws(WAMPError) {
            take(machine.receive(try JSONMessageCodec(payloads: .bytes).decode(ByteBuffer(bytes: line))))
        } catch {
            take(machine.receiveInvalid(error))
        }
    }

    private mutating func take(_ actions: [OpeningAction]) {
        for action in actions {
            expect(!isOver, "an action after the end")
            switch action {
            case .send(let message):
                var buffer = ByteBuffer()
                expect((try? JSONMessageCodec().encode(message, into: &buffer)) != nil, "a message cannot be written")
                if case .welcome = message { isWelcome = true }
            case .join(let identity, _):
                expect(isWelcome && mayJoin && identity.session == 77 && identity.realm == "r", "a session for nobody")
                isOver = true
            case .close:
                expect(!isWelcome, "closed after WELCOME")
                isOver = true
            case .authenticate, .startTimer, .cancelTimer: break
            }
        }
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
