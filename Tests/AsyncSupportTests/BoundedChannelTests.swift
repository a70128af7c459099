import AsyncSupport
import Testing

@Suite("Bounded channel")
struct BoundedChannelTests {
    @Test("elements arrive in order and the iteration ends after the last one")
    func order() async {
        let channel = BoundedChannel<Int>(capacity: 10, overflow: .fail)
        for number in 0..<10 { #expect(channel.send(number) == .sent) }
        channel.finish()
        channel.finish()
        #expect(channel.send(99) == .finished)
        var received: [Int] = []
        for await number in channel { received.append(number) }
        #expect(received == Array(0..<10))
    }

    @Test("a full channel drops the oldest, drops the newest or refuses, as it was told")
    func overflow() async {
        let oldest = BoundedChannel<Int>(capacity: 2, overflow: .dropOldest)
        #expect((1...4).map { oldest.send($0) } == [.sent, .sent, .droppedOldest, .droppedOldest])
        #expect(oldest.dropped == 2)
        #expect(await oldest.next() == 3)

        let newest = BoundedChannel<Int>(capacity: 2, overflow: .dropNewest)
        #expect((1...4).map { newest.send($0) } == [.sent, .sent, .droppedNewest, .droppedNewest])
        #expect(newest.dropped == 2)
        #expect(await newest.next() == 1)

        let failing = BoundedChannel<Int>(capacity: 2, overflow: .fail)
        #expect((1...3).map { failing.send($0) } == [.sent, .sent, .full])
        #expect(failing.dropped == 0)
        #expect(failing.count == 2)
    }

    @Test("a waiting consumer gets the element directly")
    func waitingConsumer() async {
        let channel = BoundedChannel<String>(capacity: 1, overflow: .fail)
        async let received = channel.next()
        await Task.yield()
        channel.send("hello")
        #expect(await received == "hello")
    }

    @Test("cancelling the consumer ends its iteration and loses nothing")
    func cancellation() async {
        let channel = BoundedChannel<Int>(capacity: 4, overflow: .fail)
        await withTaskGroup(of: Int?.self) { group in
            group.addTask { await channel.next() }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
        channel.send(1)
        #expect(await channel.next() == 1)
    }

    @Test("a second concurrent consumer is turned away instead of stealing")
    func secondConsumer() async {
        let channel = BoundedChannel<Int>(capacity: 1, overflow: .fail)
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<2 { group.addTask { await channel.next() } }
            #expect(await group.next() == .some(nil))
            channel.send(5)
            #expect(await group.next() == .some(5))
        }
    }

    @Test("ten senders and one consumer lose nothing while there is room")
    func concurrentSenders() async {
        let channel = BoundedChannel<Int>(capacity: 10_000, overflow: .fail)
        let sum = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                var sum = 0
                for await number in channel { sum += number }
                return sum
            }
            await withTaskGroup { senders in
                for _ in 0..<10 {
                    senders.addTask { for number in 1...1000 { channel.send(number) } }
                }
            }
            channel.finish()
            return await group.next()
        }
        #expect(sum == 10 * 500_500)
        #expect(channel.dropped == 0)
    }

    @Test("a capacity below one is one")
    func capacity() {
        let channel = BoundedChannel<Int>(capacity: 0, overflow: .fail)
        #expect(channel.send(1) == .sent)
        #expect(channel.send(2) == .full)
    }
}
