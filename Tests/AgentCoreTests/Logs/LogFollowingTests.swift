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

@Suite("Following containers")
struct LogFollowingTests {
    @Test("a running container is followed with the ring's size as tail, once (C-57)")
    func follows() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [1])
        bench.feed.script(ScriptedFeed.Script(lines: stamped(0..<3), staysOpen: true))
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { audience.lines(of: topic) == texts(0..<3) })
            #expect(bench.feed.queries == [LogQuery(tail: 100, follow: true)])
        }
    }

    @Test("after the engine was away the follower continues at the last stamp without duplicates")
    func engineRestart() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [1])
        bench.feed.script(
            ScriptedFeed.Script(lines: stamped(0..<3), error: EngineError(.unavailable, "gone")),
            ScriptedFeed.Script(error: EngineError(.unavailable, "still gone")),
            ScriptedFeed.Script(lines: stamped(2..<6), staysOpen: true))
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { audience.lines(of: topic) == texts(0..<6) })
            await bench.settle()
            #expect(audience.lines(of: topic) == texts(0..<6))
        }
        #expect(bench.feed.queries.last == LogQuery(since: WallTime(seconds: 1002), follow: true))
    }

    @Test("a container that is started again is read from where its log was left")
    func containerRestart() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [1])
        bench.feed.script(ScriptedFeed.Script(lines: stamped(0..<3)), ScriptedFeed.Script())
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { audience.lines(of: topic) == texts(0..<3) })
            await bench.settle()
            await bench.settle()
            bench.feed.script(ScriptedFeed.Script(lines: stamped(2..<5), staysOpen: true))
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { audience.lines(of: topic) == texts(0..<5) })
        }
    }

    @Test("a stream that ends in order while the container runs is followed again: the engine was restarted")
    func orderlyEnd() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [1])
        bench.feed.setRunning(true)
        bench.feed.script(
            ScriptedFeed.Script(lines: stamped(0..<3)), ScriptedFeed.Script(lines: stamped(2..<3)),
            ScriptedFeed.Script(), ScriptedFeed.Script(lines: stamped(2..<6), staysOpen: true))
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { audience.lines(of: topic) == texts(0..<6) })
        }
    }

    @Test("a stream of garbage ends no following: it is told once in a sentence and tried again, nothing comes twice")
    func garbage() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [1])
        bench.feed.setRunning(true)
        let garbage = EngineError(.refused, "the stream is not multiplexed")
        bench.feed.script(
            ScriptedFeed.Script(lines: stamped(0..<3), error: garbage), ScriptedFeed.Script(error: garbage),
            ScriptedFeed.Script(error: garbage), ScriptedFeed.Script(lines: stamped(2..<6), staysOpen: true))
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { audience.lines(of: topic) == texts(0..<6) })
        }
        #expect(
            audience.chunks(of: topic) == [
                "The log of the container cannot be read and is tried again: the stream is not multiplexed"
            ])
    }

    @Test("streams that end at once, for ten minutes: asked again ever more slowly, never in a spin")
    func endless() async {
        let bench = LogBench()
        bench.feed.setRunning(true)
        for _ in 0..<1000 { bench.feed.script(ScriptedFeed.Script()) }
        await bench.run {
            await bench.service.follow(container: name, as: name)
            for _ in 0..<600 {
                await bench.time.waitForSleepers(count: 1)
                bench.time.advance(by: .seconds(1))
            }
        }
        #expect((10...60).contains(bench.feed.queries.filter(\.follow).count), "\(bench.feed.queries.count) queries")
    }

    @Test("the end of a stream stores the ring at once")
    func storesAtEnd() async {
        let bench = LogBench()
        bench.feed.script(ScriptedFeed.Script(lines: stamped(0..<3)))
        await bench.run {
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { bench.store.stored(app) == texts(0..<3) })
        }
    }

    @Test("C63: the end of a stream flushes what is buffered")
    func finalFlush() async {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [1])
        bench.feed.script(ScriptedFeed.Script(lines: stamped(0..<3)))
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.clear(name)
            await bench.settle()
            await bench.service.follow(container: name, as: name)
            // No time passes: the timer cannot have done it.
            for _ in 0..<2000 where audience.lines(of: topic).isEmpty { await Task.yield() }
            #expect(audience.lines(of: topic) == texts(0..<3))
        }
    }

    @Test("a container that died before a line was seen shows its last 50 lines, gated and batched (C-60)")
    func lastWords() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        audience.listen(topic, [1])
        bench.feed.script(ScriptedFeed.Script(error: EngineError(.logsNotReadable, "no")))
        bench.feed.tail(texts(0..<80))
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { audience.lines(of: topic) == texts(30..<80) })
        }
        #expect(audience.messages.count == 1)
    }

    @Test("what nobody watches is kept, not published")
    func lastWordsGated() async throws {
        let bench = LogBench()
        let audience = ListeningAudience()
        bench.feed.tail(["last"])
        await bench.run {
            await bench.service.sessionEstablished(audience)
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { bench.store.stored(app) == ["last"] })
        }
        #expect(audience.messages == [])
    }

    @Test("a name that was forgotten is neither followed nor known any more")
    func forgets() async throws {
        let bench = LogBench()
        bench.feed.script(ScriptedFeed.Script(lines: stamped(0..<3), staysOpen: true))
        await bench.run {
            await bench.service.follow(container: name, as: name)
            #expect(await bench.advance { (try? await bench.service.history(of: name)) == texts(0..<3) })
            await bench.service.forget(name)
            bench.feed.live.send(ContainerLogLine(time: nil, text: "late"))
            await bench.settle()
            #expect((try? await bench.service.history(of: name)) == bench.store.stored(app) ?? [])
        }
    }
}

@Suite("History of logs")
struct LogHistoryTests {
    @Test("C71: stored lines are answered without asking the engine")
    func stored() async throws {
        let bench = LogBench()
        bench.store.put(["a", "b"], of: app)
        #expect(try await bench.service.history(of: name) == ["a", "b"])
        #expect(bench.feed.queries.isEmpty)
    }

    @Test("C72: without history the last 50 lines come from the engine; its error means nothing")
    func fromEngine() async throws {
        let bench = LogBench()
        bench.feed.tail(texts(0..<60))
        #expect(try await bench.service.history(of: name) == texts(10..<60))
        #expect(bench.feed.queries == [LogQuery(tail: 50)])
        bench.feed.tail([], error: EngineError(.refused, "no"))
        #expect(try await bench.service.history(of: name) == [])
    }

    @Test("C73: lines of the ring win, without the database")
    func ring() async throws {
        let bench = LogBench()
        bench.store.put(["old"], of: app)
        await bench.service.append("new", to: name)
        #expect(try await bench.service.history(of: name) == ["new"])
        #expect(bench.feed.queries.isEmpty)
    }

    @Test("only agent lines in the ring: the engine's last lines are appended")
    func agentLinesOnly() async throws {
        let bench = LogBench()
        bench.feed.tail(["from docker"])
        await bench.service.clear(name)
        await bench.service.write("Starting myapp...", to: name)
        #expect(try await bench.service.history(of: name) == ["Starting myapp...", "from docker"])
    }

    @Test(
        "C74: a name that is none of an app is an error (C-64)", arguments: ["", "foreign", "backup_2_db", "prod_x_a"])
    func invalid(_ name: String) async {
        let bench = LogBench()
        await #expect(throws: LogNameError(name: name)) { try await bench.service.history(of: name) }
        #expect(bench.feed.queries.isEmpty)
    }

    @Test("a broken database means an empty history")
    func brokenStore() async throws {
        let bench = LogBench()
        bench.store.fail()
        #expect(try await bench.service.history(of: name) == [])
    }

    @Test("C75: clearing empties the ring at once and the row soon (C-56)")
    func clear() async throws {
        let bench = LogBench()
        await bench.run {
            await bench.service.append("a", to: name)
            #expect(await bench.advance { bench.store.stored(app) == ["a"] })
            await bench.service.clear(name)
            await bench.service.append("b", to: name)
            #expect((try? await bench.service.history(of: name)) == ["b"])
            #expect(await bench.advance { bench.store.stored(app) == ["b"] })
            await bench.service.clear(name)
            #expect(await bench.advance { bench.store.stored(app) == [] })
        }
    }

    @Test("C76: what is stored last is what is read")
    func lastStored() async throws {
        let bench = LogBench()
        await bench.run {
            await bench.service.append("a", to: name)
            #expect(await bench.advance { bench.store.stored(app) == ["a"] })
            await bench.service.append("b", to: name)
            #expect(await bench.advance { bench.store.stored(app) == ["a", "b"] })
        }
    }

    @Test("many lines are few writes")
    func batchedWrites() async throws {
        let bench = LogBench()
        await bench.run {
            for text in texts(0..<90) { await bench.service.append(text, to: name) }
            #expect(await bench.advance { bench.store.stored(app)?.count == 90 })
        }
        #expect(bench.store.writes <= 2)
    }

    @Test("an app that talks all the time is stored at once and then every half minute")
    func steadyWrites() async throws {
        let bench = LogBench()
        await bench.run {
            await bench.service.append("first", to: name)
            #expect(await bench.advance { bench.store.writes == 1 })
            #expect(bench.time.monotonic <= .seconds(4))
            // A minute and a half of it.
            for text in texts(0..<90) {
                await bench.service.append(text, to: name)
                await bench.settle()
            }
            #expect((3...4).contains(bench.store.writes))
        }
        #expect(bench.store.stored(app)?.last == texts(89..<90).first)
    }

    @Test("output of publishing stays out of the app's history (C-59)")
    func publishing() async throws {
        let bench = LogBench()
        await bench.run {
            await bench.service.append("pushed", to: "pub_1_myapp")
            await bench.settle()
            for _ in 0..<5 { await bench.settle() }
        }
        #expect(bench.store.writes == 0)
        #expect(try await bench.service.history(of: "pub_1_myapp") == ["pushed"])
    }
}
