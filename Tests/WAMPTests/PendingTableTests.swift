import Testing

@testable import WAMP

@Suite("The table of pending requests")
struct PendingTableTests {
    private func id(_ number: UInt64) -> OperationID { OperationID(number) }

    @Test("An answer hands out all waiters once, in order")
    func finish() {
        var table = PendingTable<String>()
        table.begin("a", request: 1, waiter: id(10))
        let joined = table.join(1, waiter: id(11))
        #expect(joined)
        #expect(table.waiting == 2)
        let entry = table.finish(1)
        #expect(entry?.kind == "a")
        #expect(entry?.waiters == [id(10), id(11)])
        #expect(table.finish(1) == nil)
        #expect(table.giveUp(id(10)) == nil)
        #expect(table.drain().isEmpty)
    }

    @Test("Who gives up is handed out once, the request stays for a late answer")
    func giveUp() {
        var table = PendingTable<String>()
        table.begin("a", request: 1, waiter: id(10))
        #expect(table.giveUp(id(10))?.request == 1)
        #expect(table.giveUp(id(10)) == nil)
        #expect(table.contains(1))
        #expect(table.waiting == 0)
        #expect(table.drain().isEmpty)
        table.begin("b", request: 2, waiter: id(11))
        _ = table.giveUp(id(11))
        #expect(table.finish(2)?.waiters == [])
        #expect(!table.contains(2))
    }

    @Test("The end hands out everyone who still waits, in the order of beginning")
    func drain() {
        var table = PendingTable<String>()
        for number in (1...20).reversed() as [UInt64] { table.begin("a", request: number, waiter: id(100 + number)) }
        _ = table.giveUp(id(103))
        _ = table.finish(4)
        #expect(table.drain().map(\.number) == (101...120).filter { ![103, 104].contains($0) })
        #expect(table.count == 0)
        #expect(table.drain().isEmpty)
    }

    @Test("Nobody can join a request that is not there")
    func join() {
        var table = PendingTable<String>()
        let joined = table.join(1, waiter: id(1))
        #expect(!joined)
        #expect(table.request(of: id(1)) == nil)
    }

    @Test("In any order of answers, giving up and the end, every waiter is handed out exactly once", arguments: 0..<50)
    func exactlyOnce(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = PendingTable<Int>()
        var begun: [OperationID] = []
        var handedOut: [OperationID] = []
        for step in 1...200 as ClosedRange<UInt64> {
            switch UInt64.random(in: 0..<4, using: &random) {
            case 0, 1:
                begun.append(id(step))
                let target = UInt64.random(in: 1...step, using: &random)
                if !table.join(target, waiter: id(step)) { table.begin(0, request: step, waiter: id(step)) }
            case 2:
                handedOut += table.finish(UInt64.random(in: 1...step, using: &random))?.waiters ?? []
            default:
                if let waiter = begun.randomElement(using: &random), table.giveUp(waiter) != nil {
                    handedOut.append(waiter)
                }
            }
        }
        handedOut += table.drain()
        #expect(Set(handedOut) == Set(begun))
        #expect(handedOut.count == begun.count)
    }
}
