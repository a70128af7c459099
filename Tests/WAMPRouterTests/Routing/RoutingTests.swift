import AsyncSupport
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit

@Suite("Calls through the router", .timeLimit(.minutes(1)))
struct CallTests {
    @Test("A call reaches its callee with the caller's identity, and its payload comes back exactly")
    func call() async throws {
        try await withRouter { router in
            try await router.session(.wampcra(authID: "dev", secret: "s3cret")) { callee in
                _ = try await callee.register("test.echo") { call in
                    Reply(
                        call.args,
                        kwargs: ["who": .string(call.callerAuthID ?? "-"), "role": .string(call.callerAuthRole ?? "-")])
                }
                try await router.session(.ticket(authID: "tom", ticket: "hush")) { caller in
                    let args: [Value] = [1, 1.0, "ä\n\u{1}", nil, .uint(.max), .bytes([0, 255]), ["n": [[:]]]]
                    let result = try await caller.call("test.echo", args, kwargs: ["x": 1])
                    #expect(result.args == args)
                    #expect(result.kwargs == ["who": "tom", "role": "operator"])
                    for index in 0..<50 {
                        let answer = try await caller.call("test.echo", [.int(Int64(index))])
                        #expect(answer.args == [.int(Int64(index))])
                    }
                }
            }
        }
    }

    @Test("Errors: no such procedure, the callee's own, one that is not allowed, one that exists")
    func errors() async throws {
        try await withRouter { router in
            try await router.session { callee in
                _ = try await callee.register("test.fail") { _ in throw WAMPError(uri: "test.error.mine", args: [7]) }
                try await router.session { caller in
                    let missing = await #expect(throws: WAMPError.self) { _ = try await caller.call("test.none") }
                    #expect(missing?.uri == ErrorURI.noSuchProcedure)
                    let own = await #expect(throws: WAMPError.self) { _ = try await caller.call("test.fail") }
                    #expect(own?.uri == "test.error.mine")
                    #expect(own?.args == [7])
                    let denied = await #expect(throws: WAMPError.self) { _ = try await caller.call("test.secret") }
                    #expect(denied?.uri == ErrorURI.notAuthorized)
                    let taken = await #expect(throws: WAMPError.self) {
                        _ = try await caller.register("test.fail") { _ in Reply() }
                    }
                    #expect(taken?.uri == ErrorURI.procedureAlreadyExists)
                }
            }
        }
    }

    @Test("Progressive results come in order before the last one")
    func progress() async throws {
        try await withRouter { router in
            try await router.session { callee in
                _ = try await callee.register("test.count") { call in
                    for index in 0..<20 { await call.progress?([.int(Int64(index))], [:]) }
                    return Reply(["done"])
                }
                try await router.session { caller in
                    let seen = BoundedChannel<Value>(capacity: 100, overflow: .fail)
                    let result = try await caller.callProgressively("test.count") { seen.send($0.args.first ?? nil) }
                    seen.finish()
                    var values: [Value] = []
                    for await value in seen { values.append(value) }
                    #expect(values == (0..<20).map { .int($0) })
                    #expect(result.args == ["done"])
                }
            }
        }
    }

    @Test("A cancelled call interrupts its callee, and a timeout of the dealer ends a call")
    func cancelAndTimeout() async throws {
        try await withRouter { router in
            let features = #"{"callee":{"features":{"call_canceling":true}},"caller":{}}"#
            let callee = try await router.raw(features)
            _ = try await callee.ask(#"[64,1,{},"test.never"]"#)
            let caller = try await router.raw()
            try await caller.send(#"[48,1,{},"test.never",["x"]]"#)
            guard case .invocation(let first, _, _, let payload) = try await callee.receive() else {
                throw ScriptError("no INVOCATION")
            }
            #expect(payload.args == ["x"])
            guard case .error(_, _, _, let canceled, _) = try await caller.ask(#"[49,1,{"mode":"killnowait"}]"#) else {
                throw ScriptError("no ERROR")
            }
            #expect(canceled == ErrorURI.canceled)
            guard case .interrupt(first, _) = try await callee.receive() else { throw ScriptError("no INTERRUPT") }
            guard case .error(_, 2, _, let timeout, _) = try await caller.ask(#"[48,2,{"timeout":30},"test.never"]"#)
            else { throw ScriptError("no ERROR") }
            #expect(timeout == ErrorURI.timeout)
            // A late answer is no violation.
            try await callee.send("[70,\(first),{}]")
            try await callee.wait { if case .interrupt = $0 { () } else { nil } }
            await callee.close()
            guard case .error(_, 3, _, let gone, _) = try await eventuallyGone(caller) else {
                throw ScriptError("no ERROR")
            }
            #expect(gone == ErrorURI.noSuchProcedure)
            await caller.close()
        }
    }

    private func eventuallyGone(_ caller: RawWAMP) async throws -> Message {
        while true {
            let answer = try await caller.ask(#"[48,3,{},"test.never"]"#)
            guard case .error(_, _, _, ErrorURI.canceled, _) = answer else { return answer }
        }
    }

    @Test("force_reregister takes a procedure away from a stale session, which is told")
    func forceReregister() async throws {
        try await withRouter { router in
            let stale = try await router.raw()
            _ = try await stale.ask(#"[64,1,{"force_reregister":true},"test.device"]"#)
            let fresh = try await router.raw()
            #expect(
                try await fresh.ask(#"[64,1,{"force_reregister":true},"test.device"]"#).code == MessageCode.registered)
            guard case .unregistered(0, let details) = try await stale.receive() else { throw ScriptError("not told") }
            #expect(details["reason"] == "wamp.error.unregistered")
            let caller = try await router.raw()
            try await caller.send(#"[48,1,{},"test.device"]"#)
            #expect(try await fresh.receive().code == MessageCode.invocation)
            for peer in [stale, fresh, caller] { await peer.close() }
        }
    }

    @Test("A result that is larger than a peer has to take becomes an ERROR for the caller")
    func tooLargeResult() async throws {
        try await withRouter(configure: { $0.maxMessageSize = 4000 }) { router in
            let callee = try await router.raw()
            _ = try await callee.ask(#"[64,1,{},"test.large"]"#)
            let caller = try await router.raw()
            let long = String(repeating: "x", count: 3960)
            // The CALL fits; the INVOCATION, with the longer number and the caller's name, does not.
            guard case .error(_, 1, _, let uri, _) = try await caller.ask(#"[48,1,{},"test.large",["\#(long)"]]"#)
            else { throw ScriptError("no ERROR") }
            #expect(uri == ErrorURI.payloadSizeExceeded)
            for peer in [callee, caller] { await peer.close() }
        }
    }
}

@Suite("Events through the router", .timeLimit(.minutes(1)))
struct EventTests {
    @Test("Exact, prefix and wildcard subscriptions get their events, once each, with the publisher's identity")
    func patterns() async throws {
        try await withRouter { router in
            try await router.session { subscriber in
                let exact = try await subscriber.subscribe("test.a.topic")
                let prefix = try await subscriber.subscribe("test.a", options: ["match": "prefix"])
                let wildcard = try await subscriber.subscribe("test..topic", options: ["match": "wildcard"])
                try await router.session(.ticket(authID: "tom", ticket: "hush")) { publisher in
                    _ = try await publisher.publishAcknowledged("test.a.topic", [1], kwargs: ["k": "v"])
                    _ = try await publisher.publishAcknowledged("test.b.topic", [2])
                    _ = try await publisher.publishAcknowledged("test.abc", [3])
                }
                func next(_ subscription: Subscription) async -> Event? {
                    let iterator = subscription.makeAsyncIterator()
                    return await iterator.next()
                }
                let event = await next(exact)
                #expect(event?.args == [1])
                #expect(event?.kwargs == ["k": "v"])
                #expect(event?.details["publisher_authid"] == "tom")
                #expect(await next(prefix)?.args == [1])
                #expect(await next(prefix)?.topic == "test.abc")
                #expect(await next(wildcard)?.topic == "test.a.topic")
                #expect(await next(wildcard)?.args == [2])
            }
        }
    }

    @Test("2,000 events of one publisher over two topics reach 5 subscribers in order, in one encoding each")
    func order() async throws {
        try await withRouter { router in
            var subscribers: [RawWAMP] = []
            for _ in 0..<5 {
                let peer = try await router.raw()
                _ = try await peer.ask(#"[32,1,{},"test.x"]"#)
                _ = try await peer.ask(#"[32,2,{},"test.y"]"#)
                subscribers.append(peer)
            }
            let publisher = try await router.raw()
            for index in 0..<2000 {
                try await publisher.send(#"[16,\#(index + 1),{},"test.\#(index % 3 == 0 ? "x" : "y")",[\#(index)]]"#)
            }
            for peer in subscribers {
                for index in 0..<2000 {
                    guard case .event(_, _, _, let payload) = try await peer.receive() else {
                        throw ScriptError("no EVENT")
                    }
                    guard payload.args == [.int(Int64(index))] else {
                        throw ScriptError("\(payload.args) instead of \(index)")
                    }
                }
                await peer.close()
            }
            #expect(await router.router.statistics().droppedEvents == 0)
            await publisher.close()
        }
    }

    @Test("Testaments are published when a connection is lost, then on_leave")
    func testaments() async throws {
        try await withRouter { router in
            let watcher = try await router.raw()
            _ = try await watcher.ask(#"[32,1,{},"test.presence"]"#)
            _ = try await watcher.ask(#"[32,2,{},"wamp.session.on_leave"]"#)
            let device = try await RawWAMP(port: router.port)
            let session = try await device.join()
            let added = try await device.ask(
                #"[48,1,{},"wamp.session.add_testament",["test.presence",["offline"],{"id":5}]]"#)
            #expect(added.code == MessageCode.result)
            try await device.socket.raw.reset()
            guard case .event(_, _, _, let testament) = try await watcher.receive(),
                case .event(_, _, _, let leave) = try await watcher.receive()
            else { throw ScriptError("no EVENT") }
            #expect(testament == Payload(["offline"], kwargs: ["id": 5]))
            #expect(leave.args.first == .integer(session))
            await watcher.close()
        }
    }

    @Test("The session meta API counts, lists and kills")
    func meta() async throws {
        try await withRouter { router in
            let victim = try await RawWAMP(port: router.port)
            let session = try await victim.join()
            try await router.session { admin in
                let count = try await admin.call("wamp.session.count")
                #expect(count.args == [2])
                let list = try await admin.call("wamp.session.list").args.first?.array ?? []
                #expect(list.contains(.integer(session)))
                _ = try await admin.call(
                    "wamp.session.kill", [.integer(session)], kwargs: ["reason": "test.close.enough", "message": "out"])
                let unknown = await #expect(throws: WAMPError.self) {
                    _ = try await admin.call("wamp.session.get", [.integer(session)])
                }
                #expect(unknown?.uri == "wamp.error.no_such_session")
            }
            guard case .goodbye(let details, let reason) = try await victim.receive() else {
                throw ScriptError("no GOODBYE")
            }
            #expect(reason == "test.close.enough")
            #expect(details["message"] == "out")
            try await victim.send(#"[6,{},"wamp.close.goodbye_and_out"]"#)
            #expect(try await victim.socket.receiveClose() == 1000)
            await victim.close()
        }
    }

    @Test("Realms do not hear each other")
    func realms() async throws {
        try await withRouter { router in
            try await router.session { session in
                _ = try await session.register("test.here") { _ in Reply() }
                try await WAMPClient.withSession(router.client(realm: "realm2"), logger: quiet) { other in
                    let error = await #expect(throws: WAMPError.self) { _ = try await other.call("test.here") }
                    #expect(error?.uri == ErrorURI.noSuchProcedure)
                    let count = try await other.call("wamp.session.count")
                    #expect(count.args == [1])
                }
            }
        }
    }
}
