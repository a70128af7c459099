import AsyncSupport
import Synchronization
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

@Suite("The caller", .timeLimit(.minutes(1)))
struct CallerTests {
    @Test("A call sends its arguments and returns the result's")
    func result() async throws {
        let result = try await withSession { session in
            try await session.call(
                "com.example.add", [1, 2], kwargs: ["precise": true], options: .init(discloseMe: true))
        } router: { peer in
            let call = try await peer.call()
            #expect(call.procedure == "com.example.add")
            #expect(call.payload == Payload([1, 2], kwargs: ["precise": true]))
            #expect(call.options == ["disclose_me": true])
            try await peer.send(
                .result(request: call.request, details: ["callee": 7], payload: Payload([3], kwargs: ["k": "v"])))
        }
        #expect(result == CallResult(args: [3], kwargs: ["k": "v"], details: ["callee": 7]))
    }

    @Test("An error keeps its URI and its arguments")
    func error() async throws {
        let error = try await withSession { session in
            await failure { () throws(WAMPError) in try await session.call("com.example.add") }
        } router: { peer in
            let call = try await peer.call()
            try await peer.send(
                .error(
                    type: MessageCode.call, request: call.request, details: [:], uri: "com.example.no",
                    payload: Payload(["because", 1], kwargs: ["k": 2])))
        }
        #expect(error?.code == .application)
        #expect(error?.uri == "com.example.no")
        #expect(error?.args == ["because", 1])
        #expect(error?.kwargs == ["k": 2])
    }

    @Test("Results of calls side by side find their own callers, whatever their order")
    func sideBySide() async throws {
        let sums = try await withSession { session in
            try await withThrowingTaskGroup(of: (Int64, Value?).self) { group in
                for number in Int64(0)..<20 {
                    group.addTask { (number, try await session.call("com.example.echo", [.int(number)]).args.first) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        } router: { peer in
            var calls: [(UInt64, Payload)] = []
            for _ in 0..<20 {
                let call = try await peer.call()
                calls.append((call.request, call.payload))
            }
            for (request, payload) in calls.reversed() {
                try await peer.send(.result(request: request, details: [:], payload: payload))
            }
        }
        #expect(sums == Dictionary(uniqueKeysWithValues: (Int64(0)..<20).map { ($0, Value.int($0)) }))
    }

    @Test("Progressive results come in order, one at a time, before the final one")
    func progressive() async throws {
        let seen = Mutex<[Value]>([])
        let result = try await withSession { session in
            try await session.callProgressively("com.example.count") { part in
                await Task.yield()
                seen.withLock { $0 += part.args }
            }
        } router: { peer in
            let call = try await peer.call()
            #expect(call.options == ["receive_progress": true])
            for number in Int64(1)...50 {
                try await peer.send(
                    .result(request: call.request, details: ["progress": true], payload: Payload([.int(number)])))
            }
            try await peer.send(.result(request: call.request, details: [:], payload: Payload(["done"])))
        }
        #expect(result.args == ["done"])
        #expect(seen.withLock { $0 } == (Int64(1)...50).map(Value.int))
    }

    @Test("Progress that nobody asked for is dropped (wamp-protocol.md 8.3)")
    func unexpectedProgress() async throws {
        let result = try await withSession { session in
            try await session.call("com.example.count")
        } router: { peer in
            let call = try await peer.call()
            try await peer.send(.result(request: call.request, details: ["progress": true], payload: Payload([1])))
            try await peer.send(.result(request: call.request, details: [:], payload: Payload([2])))
        }
        #expect(result.args == [2])
    }

    @Test("A cancelled task ends its call at once and sends CANCEL killnowait; a late result is no violation")
    func cancelled() async throws {
        let arrived = Gate()
        let error = try await withSession(dealer: ["call_canceling"]) { session in
            let error = await withTaskGroup(of: WAMPError?.self) { group in
                group.addTask { await failure { () throws(WAMPError) in try await session.call("com.example.slow") } }
                try? await arrived.wait()
                group.cancelAll()
                return await group.next() ?? nil
            }
            let after = try await session.call("com.example.after")
            #expect(after.args == ["still there"])
            return error
        } router: { peer in
            let call = try await peer.call()
            await arrived.open()
            let options = try await peer.expect("CANCEL") { message -> Object? in
                guard case .cancel(call.request, let options) = message else { return nil }
                return options
            }
            #expect(options == ["mode": "killnowait"])
            try await peer.send(.result(request: call.request, details: [:], payload: Payload(["late"])))
            let after = try await peer.call()
            try await peer.send(.result(request: after.request, details: [:], payload: Payload(["still there"])))
        }
        #expect(error?.code == .canceled)
    }

    @Test("A time-out stays off the wire of a dealer that does not announce it; the call ends here and is cancelled")
    func localTimeout() async throws {
        let error = try await withSession(dealer: ["call_canceling"]) { session in
            await failure { () throws(WAMPError) in
                try await session.call("com.example.slow", timeout: .milliseconds(30))
            }
        } router: { peer in
            let call = try await peer.call()
            #expect(call.options == [:])
            try await peer.expect("CANCEL") { if case .cancel(call.request, _) = $0 { () } else { nil } }
        }
        #expect(error?.code == .timeout)
        #expect(error?.uri == ErrorURI.timeout)
    }

    @Test("A dealer that announces call_timeout gets it in milliseconds and may end the call itself")
    func dealerTimeout() async throws {
        let error = try await withSession(dealer: ["call_timeout"]) { session in
            await failure { () throws(WAMPError) in
                try await session.call("com.example.slow", timeout: .seconds(20))
            }
        } router: { peer in
            let call = try await peer.call()
            #expect(call.options == ["timeout": 20_000])
            try await peer.send(
                .error(
                    type: MessageCode.call, request: call.request, details: [:], uri: ErrorURI.timeout,
                    payload: Payload(["call timeout"])))
        }
        #expect(error?.uri == ErrorURI.timeout)
    }

    @Test("What cannot be sent fails here, and the session goes on", arguments: [Double.nan, .infinity])
    func notSendable(number: Double) async throws {
        try await withSession { session in
            let error = await failure { () throws(WAMPError) in
                try await session.call("com.example.add", [.double(number)])
            }
            #expect(error?.code == .invalidMessage)
            let malformed = await failure { () throws(WAMPError) in try await session.call("not a uri") }
            #expect(malformed?.code == .invalidArgument)
            _ = try await session.call("com.example.next")
        } router: { peer in
            let call = try await peer.call()
            #expect(call.procedure == "com.example.next")
            try await peer.send(.result(request: call.request, details: [:], payload: Payload()))
        }
    }
}
