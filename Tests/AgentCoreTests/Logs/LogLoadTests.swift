import AgentCore
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@Suite("Logs under load")
struct LogLoadTests {
    @Test("C95: a pull's lines come all while the old follower of the name is still ending (C-17, P53)")
    func pullDuringEnd() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        let name = "prod_1_myapp"
        let topic = "reswarm.logs.S1.prod_1_myapp"
        audience.listen(topic, [1])
        let old = (0..<50).map { ContainerLogLine(time: WallTime(seconds: 1000 + Int64($0)), text: "old \($0)") }
        bench.feed.script(ScriptedFeed.Script(lines: old), ScriptedFeed.Script(staysOpen: true))
        let pulled = (0..<200).map { "{\"status\":\"Downloading\",\"id\":\"\($0)\"}" }
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            for line in pulled { await bench.service.append(line, to: name) }
            #expect(await bench.advance { audience.lines(of: topic).count == 250 })
            #expect(audience.lines(of: topic).filter { $0.hasPrefix("{") } == pulled)
            #expect(audience.lines(of: topic).filter { $0.hasPrefix("old") } == old.map(\.text))
        }
    }

    @Test("fifty names share one connection; none loses lines, none gets another's, each in order")
    func manyNames() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        let names = (1...50).map { "prod_\($0)_app" }
        for (index, name) in names.enumerated() { audience.listen("reswarm.logs.S1.\(name)", [UInt64(index + 1)]) }
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await withDiscardingTaskGroup { group in
                for name in names {
                    group.addTask {
                        for number in 0..<100 { await bench.service.append("\(name) \(number)", to: name) }
                    }
                }
            }
            for name in names {
                let expected = (0..<100).map { "\(name) \($0)" }
                #expect(await bench.advance { audience.lines(of: "reswarm.logs.S1.\(name)") == expected })
            }
        }
    }

    @Test("all names together stay within the device's budget per interval")
    func budget() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        let names = (1...12).map { "prod_\($0)_app" }
        for name in names { audience.listen("reswarm.logs.S1.\(name)", [1]) }
        let line = String(repeating: "x", count: 200 << 10)
        await bench.run {
            await bench.service.sessionEstablished(audience)
            for name in names { await bench.service.append("first", to: name) }
            #expect(await bench.advance { audience.messages.count == 12 })
            for name in names { await bench.service.append(line, to: name) }
            for _ in 0..<500 { await Task.yield() }
            bench.time.advance(by: LogBatcher.interval)
            for _ in 0..<2000 { await Task.yield() }
            let first = audience.messages.dropFirst(12).reduce(0) { $0 + ($1.string?.utf8.count ?? 0) }
            #expect(first <= LogService.deviceFlushLimit)
            #expect(await bench.advance { audience.messages.count == 24 })
        }
    }

    @Test("placeholders that strangers subscribe into being are bounded")
    func placeholders() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        await bench.run {
            await bench.service.sessionEstablished(audience)
            for id in 1...2000 {
                await bench.service.subscriptionCreated(
                    SubscriptionEvent(id: UInt64(id), uri: "reswarm.logs.S1.x\(id)"))
            }
            // A pattern makes the service ask for every name that it remembers.
            await bench.service.subscriptionCreated(
                SubscriptionEvent(id: 9999, uri: "reswarm.logs.", match: .prefix))
            #expect(await bench.advance { !audience.questions.isEmpty })
            await bench.settle()
            #expect(audience.questions.count <= 256)
        }
    }
}
