import FuzzSupport
import NIOCore
import Values
import WAMP

/// Plays the events of an input to a session and checks what must hold whatever comes: an operation completes exactly
/// once, the session opens and ends at most once, nothing happens after the end.
struct Script {
    private var machine = ClientSessionMachine(realm: "r", authentication: .wampcra(authID: "a", secret: "s"))
    private var begun: [OperationID] = []
    private var completed: Set<OperationID> = []
    private var invocations: [UInt64] = []
    private var opened = 0
    private var ended = 0

    init() { take(machine.open()) }

    mutating func play(_ line: [UInt8].SubSequence) {
        guard line.first == UInt8(ascii: ">") else { return receive(line) }
        let number = line.dropFirst(2).reduce(0) { ($0 &* 10 &+ Int($1 & 15)) & 0xFFFF }
        switch line.dropFirst().first {
        case UInt8(ascii: "c"): start { machine throws(WAMPError) in try machine.call("a.b", timeout: .seconds(1)) }
        case UInt8(ascii: "p"):
            start { machine throws(WAMPError) in try machine.call("a.b", receiveProgress: true, timeout: .seconds(1)) }
        case UInt8(ascii: "r"): start { machine throws(WAMPError) in try machine.register("a.b") }
        case UInt8(ascii: "s"): start { machine throws(WAMPError) in try machine.subscribe("a.t") }
        case UInt8(ascii: "e"): start { machine throws(WAMPError) in try machine.publish("a.t", acknowledge: true) }
        case UInt8(ascii: "u"):
            guard let operation = operation(number) else { return }
            start { machine throws(WAMPError) in try machine.unregister(operation) }
        case UInt8(ascii: "d"):
            guard let operation = operation(number) else { return }
            start { machine throws(WAMPError) in try machine.unsubscribe(operation) }
        case UInt8(ascii: "x"): operation(number).map { take(machine.giveUp($0)) }
        case UInt8(ascii: "t"): operation(number).map { take(machine.deadlinePassed($0)) }
        case UInt8(ascii: "k"): operation(number).map { take(machine.cancelCall($0, mode: .kill)) }
        case UInt8(ascii: "y"): invocation(number).map { take(machine.respond(to: $0, Payload([1]))) }
        case UInt8(ascii: "g"): invocation(number).map { take(machine.progress(of: $0, Payload([1]))) }
        case UInt8(ascii: "f"):
            invocation(number).map { take(machine.fail($0, WAMPError(uri: "not a uri", args: [1]))) }
        case UInt8(ascii: "l"): take(machine.leave())
        default: take(machine.transportClosed())
        }
    }

    /// The end of every input: nobody may wait for ever.
    mutating func finish() {
        take(machine.transportClosed())
        expect(ended == 1, "the session ended \(ended) times")
        expect(completed.count == begun.count, "\(begun.count - completed.count) operations never completed")
        expect(machine.transportClosed().isEmpty && machine.leave().isEmpty, "actions after the end")
    }

    private mutating func receive(_ line: [UInt8].SubSequence) {
        do throws(WAMPError) {
            take(machine.receive(try JSONMessageCodec().decode(ByteBuffer(bytes: line))))
        } catch {
            take(machine.receiveInvalid(error))
        }
    }

    private mutating func start(
        _ begin: (inout ClientSessionMachine) throws(WAMPError) -> ClientSessionMachine.Started
    ) {
        guard let started = try? begin(&machine) else { return expect(!machine.isOpen, "refused while open") }
        begun.append(started.operation)
        take(started.actions)
    }

    private func operation(_ number: Int) -> OperationID? { begun.isEmpty ? nil : begun[number % begun.count] }

    private func invocation(_ number: Int) -> UInt64? {
        invocations.isEmpty ? nil : invocations[number % invocations.count]
    }

    private mutating func take(_ actions: [ClientSessionAction]) {
        for action in actions {
            expect(ended == 0, "an action after the end")
            switch action {
            case .opened: opened += 1
            case .ended: ended += 1
            case .complete(let operation, _):
                expect(completed.insert(operation).inserted, "an operation completed twice")
            case .invoke(let request): invocations.append(request.request)
            case .send(let message):
                var buffer = ByteBuffer()
                expect((try? JSONMessageCodec().encode(message, into: &buffer)) != nil, "a message cannot be written")
            default: break
            }
        }
        expect(opened <= 1 && ended <= 1, "opened \(opened) times, ended \(ended) times")
    }
}
