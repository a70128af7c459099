import AsyncSupport
import AsyncTestKit
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit

@Suite("The end of sessions on a router", .timeLimit(.minutes(1)))
struct EndTests {
    @Test("GOODBYE is answered, and a new HELLO on the same transport within the grace is a new session")
    func goodbyeAndHello() async throws {
        try await withRouter(configure: { $0.goodbyeGrace = .seconds(20) }) { router in
            let peer = try await RawWAMP(port: router.port)
            let first = try await peer.join()
            guard case .goodbye(_, let reason) = try await peer.ask(#"[6,{},"wamp.close.normal"]"#) else {
                throw ScriptError("no GOODBYE")
            }
            #expect(reason == CloseURI.goodbyeAndOut)
            let second = try await peer.join()
            #expect(second != first)
            #expect(try await peer.ask(#"[48,1,{},"wamp.session.count"]"#).payload?.args == [1])
            await peer.close()
        }
    }

    @Test("After GOODBYE and the grace the transport is closed, and that is no refusal")
    func grace() async throws {
        try await withRouter(configure: { $0.goodbyeGrace = .milliseconds(20) }) { router in
            let peer = try await router.raw()
            _ = try await peer.ask(#"[6,{},"wamp.close.close_realm"]"#)
            #expect(try await peer.socket.receiveClose() == 1000)
            #expect(await router.router.statistics().refusedJoins == 0)
            await peer.close()
        }
    }

    @Test("The end of the router says GOODBYE to all and does not wait for who says nothing")
    func drain() async throws {
        let ends = BoundedChannel<SessionEnd>(capacity: 10, overflow: .fail)
        let joined = Gate()
        let ports = BoundedChannel<Int>(capacity: 1, overflow: .fail)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let port = await ports.next() else { return }
                var configuration = WAMPClientConfiguration(
                    url: "ws://127.0.0.1:\(port)/ws", realm: "realm1", authentication: .anonymous)
                configuration.connectTimeout = .seconds(20)
                try await WAMPClient.withSession(configuration, logger: quiet) { session in
                    await joined.open()
                    ends.send(await session.closed())
                }
            }
            let silent = try await withRouter(configure: { $0.drainTimeout = .milliseconds(300) }) { router in
                ports.send(router.port)
                try await joined.wait()
                return try await router.raw()
            }
            guard case .goodbye(_, let reason) = try await silent.receive() else { throw ScriptError("no GOODBYE") }
            #expect(reason == CloseURI.systemShutdown)
            await silent.socket.raw.waitForEnd()
            await silent.close()
            try await group.waitForAll()
        }
        #expect(await ends.next()?.reason == CloseURI.systemShutdown)
    }

    @Test("A half-open peer is dropped after two pings, one that answers is not")
    func halfOpen() async throws {
        try await withRouter(configure: { $0.pingInterval = .milliseconds(40) }) { router in
            try await router.session { alive in
                let dead = try await router.raw()
                // Reads nothing, answers nothing.
                try await eventually { await router.router.statistics().unresponsive == 1 }
                #expect(try await alive.call("wamp.session.count").args == [1])
                await dead.close()
            }
        }
    }

    @Test(
        "What breaks the protocol is answered with ABORT, then the transport closes (wamp-protocol.md 3.4)",
        arguments: [
            "x", "[]", "{}", "[48]", "[99,1]", #"[1,"realm1",{"roles":{"caller":{}}}]"#, "[2,5,{}]",
            #"[8,48,1,{},"a.b"]"#, #"[48,1,{},"a.b",1]"#, "[48,1,{},\"a.b\",[\"\\u12\"]]", #"[36,1,1,{}]"#,
            #"[16,1,{"acknowledge":"yes"},"a.b"]"#,
        ])
    func violations(text: String) async throws {
        try await withRouter { router in
            let peer = try await router.raw()
            guard case .abort(let details, let reason, _) = try await peer.ask(text) else {
                throw ScriptError("no ABORT")
            }
            #expect(reason == ErrorURI.protocolViolation)
            #expect(details["message"]?.string?.isEmpty == false)
            #expect(try await peer.socket.receiveClose() == 1002)
            await peer.close()
            #expect(try await router.sessionCount() == 0)
        }
    }

    @Test("Before HELLO too, and a binary message is none")
    func beforeHello() async throws {
        try await withRouter { router in
            for opcode in [1, 2] as [UInt8] {
                let peer = try await RawWAMP(port: router.port)
                try await peer.socket.send(opcode, Array(#"[32,1,{},"a.b"]"#.utf8))
                #expect(try await peer.receive().code == MessageCode.abort)
                #expect(try await peer.socket.receiveClose() == 1002)
                await peer.close()
            }
        }
    }

    @Test("A message larger than the limit closes the transport with 1009 and nobody else's")
    func tooLarge() async throws {
        try await withRouter(configure: { $0.maxMessageSize = 1000 }) { router in
            let peer = try await router.raw()
            try await peer.send(#"[16,1,{},"a.b",["\#(String(repeating: "x", count: 1000))"]]"#)
            #expect(try await peer.socket.receiveClose() == 1009)
            await peer.close()
            #expect(try await router.sessionCount() == 0)
        }
    }
}
