import AgentCore
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

private let name = "prod_1_myapp"
private let topic = "reswarm.logs.S1.prod_1_myapp"
private let app = AppID(key: 1, stage: .prod)

private func stamped(_ range: Range<Int>) -> [ContainerLogLine] {
    range.map { ContainerLogLine(time: WallTime(seconds: 1000 + Int64($0)), text: "line \($0)") }
}

private func texts(_ range: Range<Int>) -> [String] { range.map { "line \($0)" } }

@Suite("Publishing of logs")
struct LogPublishingTests {
    @Test("C64: a line is published by the timer after 200 ms")
    func timer() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [5])
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.append("a", to: name)
            await bench.service.append("b", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["a", "b"] })
        }
        #expect(audience.messages == ["a\nb"])
    }

    @Test("C65: the topic follows the serial of the present identity")
    func serial() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.service.sessionEstablished(audience)
        await bench.service.write("one", to: name)
        bench.context.update { $0.serialNumber = "S2" }
        await bench.service.write("two", to: name)
        #expect(audience.chunks(of: topic) == ["one"])
        #expect(audience.chunks(of: "reswarm.logs.S2.prod_1_myapp") == ["two"])
    }

    @Test("C66: an agent line is published whether the name is known or not, and kept only if it is")
    func agentLine() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.service.sessionEstablished(audience)
        await bench.service.write("unknown", to: name)
        #expect(audience.chunks(of: topic) == ["unknown"])
        #expect(try await bench.service.history(of: name) == [])
        await bench.service.clear(name)
        await bench.service.write("known", to: name)
        #expect(audience.chunks(of: topic) == ["unknown", "known"])
        #expect(try await bench.service.history(of: name) == ["known"])
    }

    @Test("C67: viewers are told to clear")
    func clearViewers() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.service.sessionEstablished(audience)
        await bench.service.clearViewers(of: name)
        #expect(audience.messages == [["type": "build", "chunk": "LOGGER_CLEAR"]])
    }

    @Test("lines stay in the ring only while nobody listens")
    func closedGate() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.append("unseen", to: name)
            await bench.settle()
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 1, uri: topic))
            await bench.service.append("seen", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["seen"] })
        }
        #expect(try await bench.service.history(of: name).prefix(2) == ["unseen", "seen"])
    }

    @Test("an agent line comes after the lines before it")
    func order() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.service.sessionEstablished(audience)
        await bench.service.subscriptionCreated(SubscriptionEvent(id: 1, uri: topic))
        await bench.service.append("container", to: name)
        await bench.service.write("agent", to: name)
        #expect(audience.messages == ["container", ["type": "build", "chunk": "agent"]])
    }

    @Test("C68: when a stream starts and nothing is known, the router is asked; an error is asked again (C-54)")
    func asksOnce() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [5])
        audience.failNext(2)
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.append("a", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["a"] })
        }
        #expect(audience.questions == [topic, topic, topic])
    }

    @Test("C69: a browser's refresh leaves the gate open, in whatever order its events come")
    func refresh() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.append("before", to: name)
            await bench.settle()
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 1, uri: topic))
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 2, uri: topic))
            await bench.service.subscriptionDeleted(1)
            await bench.service.append("after", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["after"] })
        }
    }

    @Test("a gate that opened before the name was known is remembered")
    func placeholder() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 1, uri: topic))
            audience.listen(topic, [1])
            await bench.service.append("first", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["first"] })
        }
    }

    @Test("C118: a bridge listens by prefix; a browser opens and closes the same log; lines keep flowing (C-71)")
    func bridge() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [90])
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.append("one", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["one"] })
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 7, uri: topic))
            await bench.service.subscriptionDeleted(7)
            await bench.service.append("two", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["one", "two"] })
        }
    }

    @Test(
        "C119: a pattern subscription that appears later opens the gate, and closes it when it goes (C-71)",
        arguments: [
            SubscriptionEvent(id: 9, uri: "reswarm.logs.", match: .prefix),
            SubscriptionEvent(id: 9, uri: "reswarm.logs.S1.prod", match: .prefix),
            SubscriptionEvent(id: 9, uri: "reswarm.logs..prod_1_myapp", match: .wildcard),
        ])
    func laterPattern(_ event: SubscriptionEvent) async {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.append("unseen", to: name)
            await bench.settle()
            audience.listen(topic, [9])
            await bench.service.subscriptionCreated(event)
            await bench.service.append("seen", to: name)
            #expect(await bench.advance { audience.lines(of: topic) == ["seen"] })
            audience.listen(topic, [])
            await bench.service.subscriptionDeleted(9)
            await bench.service.append("unseen again", to: name)
            await bench.settle()
        }
        #expect(audience.lines(of: topic) == ["seen"])
    }

    @Test("patterns of other devices and topics ask nobody")
    func foreignPatterns() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.run {
            await bench.service.append("x", to: name)
            await bench.service.sessionEstablished(audience)
            let before = audience.questions.count
            for event in [
                SubscriptionEvent(id: 1, uri: "reswarm.logs.S2.", match: .prefix),
                SubscriptionEvent(id: 2, uri: "re.mgmt.", match: .prefix),
                SubscriptionEvent(id: 3, uri: "reswarm.logs.S2.", match: .wildcard),
                SubscriptionEvent(id: 4, uri: "reswarm.logs.S2.prod_1_myapp"),
            ] {
                await bench.service.subscriptionCreated(event)
            }
            #expect(audience.questions.count == before)
        }
    }
}

@Suite("Logs across a lost connection")
struct LogReconnectTests {
    @Test("C70: a viewer that subscribes while the agent is offline gets lines without a new event (C-19)")
    func offlineSubscriber() async {
        let bench = LogBench()
        await bench.run {
            let first = ListeningAudience()
            await bench.service.sessionEstablished(first)
            await bench.service.append("unseen", to: name)
            await bench.settle()
            await bench.service.sessionLost()
            let second = ListeningAudience()
            second.listen(topic, [4])
            await bench.service.sessionEstablished(second)
            await bench.service.append("seen", to: name)
            #expect(await bench.advance { second.lines(of: topic) == ["seen"] })
            #expect(first.lines(of: topic) == [])
        }
    }

    @Test("a viewer that left meanwhile keeps no traffic flowing (C-19)")
    func viewerLeft() async {
        let bench = LogBench()
        await bench.run {
            let first = ListeningAudience()
            first.listen(topic, [4])
            await bench.service.sessionEstablished(first)
            await bench.service.append("a", to: name)
            #expect(await bench.advance { first.lines(of: topic) == ["a"] })
            await bench.service.sessionLost()
            let second = ListeningAudience()
            await bench.service.sessionEstablished(second)
            await bench.service.append("b", to: name)
            await bench.settle()
            #expect(second.messages == [])
        }
    }

    @Test(
        "the router is lost and comes back with the viewer: every line printed after that comes once, in order (C-62)")
    func routerLoss() async {
        let bench = LogBench()
        await bench.run {
            let first = ListeningAudience()
            first.listen(topic, [4])
            await bench.service.sessionEstablished(first)
            await bench.service.append("line 0", to: name)
            #expect(await bench.advance { first.lines(of: topic) == ["line 0"] })
            await bench.service.sessionLost()
            // The viewer is back before the agent is.
            for text in texts(1..<500) { await bench.service.append(text, to: name) }
            let second = ListeningAudience()
            second.listen(topic, [40])
            await bench.service.sessionEstablished(second)
            for text in texts(500..<600) { await bench.service.append(text, to: name) }
            #expect(await bench.advance { second.lines(of: topic) == texts(1..<600) })
            await bench.settle()
            #expect(second.lines(of: topic) == texts(1..<600))
        }
    }

    @Test("the agent is back before the viewer: the lines wait, and come once and in order when it subscribes")
    func viewerReturnsLater() async {
        let bench = LogBench()
        await bench.run {
            let first = ListeningAudience()
            first.listen(topic, [4])
            await bench.service.sessionEstablished(first)
            await bench.service.append("line 0", to: name)
            #expect(await bench.advance { first.lines(of: topic) == ["line 0"] })
            await bench.service.sessionLost()
            await bench.service.append("line 1", to: name)
            let second = ListeningAudience()
            await bench.service.sessionEstablished(second)
            await bench.service.append("line 2", to: name)
            await bench.settle()
            #expect(second.messages == [])
            await bench.service.append("line 3", to: name)
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 41, uri: topic))
            await bench.service.append("line 4", to: name)
            #expect(await bench.advance { second.lines(of: topic) == texts(1..<5) })
        }
    }

    @Test("a router that stops in order, viewers first, is no different: their lines wait for them")
    func orderlyStop() async {
        let bench = LogBench()
        await bench.run {
            let first = ListeningAudience()
            first.listen(topic, [4])
            await bench.service.sessionEstablished(first)
            await bench.service.append("line 0", to: name)
            #expect(await bench.advance { first.lines(of: topic) == ["line 0"] })
            first.listen(topic, [])
            await bench.service.subscriptionDeleted(4)
            await bench.settle()
            await bench.service.sessionLost()
            let second = ListeningAudience()
            await bench.service.sessionEstablished(second)
            // The viewer was acknowledged, the event is still on its way.
            await bench.service.append("line 1", to: name)
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 41, uri: topic))
            await bench.service.append("line 2", to: name)
            #expect(await bench.advance { second.lines(of: topic) == texts(1..<3) })
        }
    }

    @Test("two losses in a row lose nothing for a viewer that returns after the second")
    func twoLosses() async {
        let bench = LogBench()
        await bench.run {
            let first = ListeningAudience()
            first.listen(topic, [4])
            await bench.service.sessionEstablished(first)
            await bench.service.append("line 0", to: name)
            #expect(await bench.advance { first.lines(of: topic) == ["line 0"] })
            await bench.service.sessionLost()
            await bench.service.append("line 1", to: name)
            await bench.service.sessionEstablished(ListeningAudience())
            await bench.service.append("line 2", to: name)
            await bench.service.sessionLost()
            await bench.service.append("line 3", to: name)
            let third = ListeningAudience()
            third.listen(topic, [42])
            await bench.service.sessionEstablished(third)
            #expect(await bench.advance { third.lines(of: topic) == texts(1..<4) })
        }
    }

    @Test("lines wait for a viewer for a minute, not for ever")
    func waitEnds() async {
        let bench = LogBench()
        await bench.run {
            let first = ListeningAudience()
            first.listen(topic, [4])
            await bench.service.sessionEstablished(first)
            await bench.service.append("line 0", to: name)
            #expect(await bench.advance { first.lines(of: topic) == ["line 0"] })
            await bench.service.sessionLost()
            await bench.service.append("old", to: name)
            let second = ListeningAudience()
            await bench.service.sessionEstablished(second)
            bench.time.advance(by: .seconds(61))
            await bench.service.append("unseen", to: name)
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 41, uri: topic))
            await bench.service.append("new", to: name)
            #expect(await bench.advance { second.lines(of: topic) == ["new"] })
        }
    }

    @Test("what could not be kept while offline is marked where it is missing (C-62)")
    func gap() async {
        let bench = LogBench()
        await bench.run {
            let long = String(repeating: "x", count: 100 << 10)
            for number in 0..<20 { await bench.service.append("\(number) \(long)", to: name) }
            let audience = ListeningAudience()
            audience.listen(topic, [1])
            await bench.service.sessionEstablished(audience)
            #expect(await bench.advance { audience.lines(of: topic).count == 11 })
            let starts = audience.lines(of: topic).map { $0.prefix { $0 != " " } }
            #expect(starts.first == "…")
            #expect(audience.lines(of: topic).first == "… 10 lines dropped (rate limit)")
            #expect(starts.dropFirst().map(String.init) == (10..<20).map(String.init))
        }
    }

    @Test("a subscription in the middle of the connect is not lost (C-20)")
    func betweenEventAndAnswer() async {
        let bench = LogBench()
        await bench.run {
            await bench.service.append("a", to: name)
            let audience = ListeningAudience()
            audience.failNext(1)
            await bench.service.sessionEstablished(audience)
            // The question failed; the meta topics are subscribed already.
            await bench.service.subscriptionCreated(SubscriptionEvent(id: 1, uri: topic))
            #expect(await bench.advance { audience.lines(of: topic) == ["a"] })
        }
    }
}
