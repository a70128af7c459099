import Testing
import Values

@testable import WAMP

@Suite("Tables of the session")
struct TablesTests {
    private func id(_ number: UInt64) -> OperationID { OperationID(number) }

    @Test("A registration is found by its number and by its operation, and gone from both afterwards")
    func registrations() {
        var table = RegistrationTable()
        let first = table.add(.init(operation: id(1), procedure: "a.b"), id: 5)
        #expect(first == nil)
        #expect(table[5]?.procedure == "a.b")
        #expect(table.id(of: id(1)) == 5)
        let former = table.add(.init(operation: id(2), procedure: "a.b"), id: 5)
        #expect(former == id(1))
        #expect(table.id(of: id(1)) == nil)
        let removed = table.remove(5)
        #expect(removed?.operation == id(2))
        #expect(table.id(of: id(2)) == nil)
        #expect(table.count == 0)
        let again = table.remove(5)
        #expect(again == nil)
    }

    @Test("The same operation registered again under its number replaces nothing")
    func sameOperation() {
        var table = RegistrationTable()
        for number in [7, 5, 6] as [UInt64] { _ = table.add(.init(operation: id(number), procedure: "p"), id: number) }
        let drained = table.drain()
        #expect(drained == [id(5), id(6), id(7)])
        #expect(table.count == 0)
    }

    @Test("Consumers of a subscription come and go; the subscription stays until it is removed itself")
    func subscriptions() {
        var table = SubscriptionTable()
        let key = SubscriptionTable.Key(topic: "a.t", match: .exact)
        table.add([id(1), id(2)], to: 5, key: key, options: [:])
        table.add([id(3)], to: 5, key: key, options: ["get_retained": true])
        #expect(table[5]?.consumers == [id(1), id(2), id(3)])
        #expect(table[5]?.options == [:])
        #expect(table.id(of: key) == 5)
        #expect(table.id(of: .init(topic: "a.t", match: .prefix)) == nil)
        let left = table.remove(id(2))
        #expect(left == 5)
        let leftAgain = table.remove(id(2))
        #expect(leftAgain == nil)
        #expect(table[5]?.consumers == [id(1), id(3)])
        let removed = table.remove(id: 5)
        #expect(removed?.consumers == [id(1), id(3)])
        #expect(table.id(of: id(1)) == nil)
        #expect(table.drain().isEmpty)
    }

    @Test("An invocation is finished once; the end hands out what still runs, in order")
    func invocations() {
        var table = InvocationTable()
        for number in [3, 1, 2] as [UInt64] { table.start(number, receivesProgress: number == 1) }
        #expect(table.receivesProgress(1))
        #expect(!table.receivesProgress(2))
        #expect(!table.receivesProgress(9))
        let finished = [table.finish(2), table.finish(2), table.finish(9)]
        #expect(finished == [true, false, false])
        let drained = table.drain()
        #expect(drained == [1, 3])
        #expect(table.count == 0)
    }

    @Test("Refused calls are remembered until their last part, and only so many of them")
    func refused() {
        var table = InvocationTable()
        table.refuse(1)
        let parts = [
            table.isRefused(1, isLast: false), table.isRefused(1, isLast: true), table.isRefused(1, isLast: true),
        ]
        #expect(parts == [true, true, false])
        for number in 1...100_000 as ClosedRange<UInt64> { table.refuse(number) }
        let remembered = (1...100_000 as ClosedRange<UInt64>).filter { table.isRefused($0, isLast: true) }
        #expect(remembered.count <= 1024)
        #expect(remembered.last == 100_000)
    }

    @Test("Request numbers go on at 1 after 2^53 and pass over those still in use")
    func requestNumbers() throws {
        var machine = OpenSession.make()
        let early = try machine.call("a.b")
        #expect(early.request == 1)
        machine.requests = RequestSequence(after: WAMPID.maximum - 1)
        #expect(try machine.call("a.b").request == WAMPID.maximum)
        #expect(try machine.call("a.b").request == 2)
        let result = Message.result(request: 1, details: [:], payload: Payload())
        #expect(machine.receive(result).completed == [early.operation])
    }

    @Test("All kinds of requests of a session share one counter")
    func oneCounter() throws {
        var machine = OpenSession.make()
        let numbers = [
            try machine.call("a.b").request, try machine.publish("a.t").request,
            try machine.publish("a.t", acknowledge: true).request, try machine.register("a.c").request,
            try machine.subscribe("a.t").request,
        ]
        #expect(numbers == [1, 2, 3, 4, 5])
        _ = machine.receive(.registered(request: 4, registration: 9))
        _ = machine.receive(.subscribed(request: 5, subscription: 9))
    }

    @Test("A finished call leaves nothing behind; one given up leaves its number until the answer")
    func memory() throws {
        var machine = OpenSession.make()
        for _ in 0..<100 {
            let started = try machine.call("a.b")
            let request = try #require(started.request)
            _ = machine.receive(.result(request: request, details: [:], payload: Payload()))
        }
        #expect(machine.pending.count == 0)
        let started = try machine.call("a.b")
        _ = machine.giveUp(started.operation)
        #expect(machine.pending.count == 1)
        #expect(machine.pending.waiting == 0)
        let request = try #require(started.request)
        _ = machine.receive(.error(type: 48, request: request, details: [:], uri: "e.x", payload: Payload()))
        #expect(machine.pending.count == 0)
    }

    @Test("Nothing is left in any table after the end")
    func cleared() throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.b", id: 5)
        _ = try machine.subscribed("a.t", id: 6)
        _ = try machine.call("a.b")
        _ = machine.receive(.invocation(request: 1, registration: 5, details: [:], payload: Payload()))
        _ = machine.transportClosed()
        #expect(machine.pending.count == 0)
        #expect(machine.registrations.count == 0)
        #expect(machine.subscriptions.count == 0)
        #expect(machine.invocations.count == 0)
    }

    static let durations: [(Duration, Int64)] = [
        (.zero, 1), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.microseconds(1001), 2), (.milliseconds(1500), 1500),
        (.seconds(10), 10_000), (.seconds(Int64.max), .max), (.seconds(-5), 1),
    ]

    @Test(
        "Timeouts go on the wire in whole milliseconds, rounded up, never 0, which means none",
        arguments: durations.indices)
    func milliseconds(_ index: Int) {
        #expect(Self.durations[index].0.roundedUpMilliseconds == Self.durations[index].1)
    }
}
