import AsyncSupport
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

/// Every operation that waits.
enum Operation: String, CaseIterable, Sendable {
    case call, publish, register, subscribe, unregister, unsubscribe

    /// Runs it; what has to be there before is made first.
    /// - Parameter timeout: of a call; the others have the configuration's.
    func callAsFunction(_ session: WAMPSession, timeout: Duration?) async -> WAMPError? {
        await failure { () throws(WAMPError) in
            switch self {
            case .call:
                _ = try await session.call("com.example.x", timeout: timeout)
            case .publish:
                _ = try await session.publishAcknowledged("com.example.x")
            case .register:
                _ = try await session.register("com.example.x") { _ in Reply() }
            case .subscribe:
                _ = try await session.subscribe("com.example.x")
            case .unregister:
                let registration = try await session.register("com.example.x") { _ in Reply() }
                try await session.unregister(registration)
            case .unsubscribe:
                let subscription = try await session.subscribe("com.example.x")
                try await session.unsubscribe(subscription)
            }
        }
    }

    /// The router's part of what has to be there before.
    func prepare(_ peer: ScriptedRouter) async throws {
        if self == .unregister { try await peer.registered(9) }
        if self == .unsubscribe { try await peer.subscribed(9) }
    }

    /// The code of the request and its number, and the good answer.
    func answer(_ message: Message) -> (code: UInt64, request: UInt64, answer: Message)? {
        switch (self, message) {
        case (.call, .call(let request, _, _, _)):
            (MessageCode.call, request, .result(request: request, details: [:], payload: Payload()))
        case (.publish, .publish(let request, _, _, _)):
            (MessageCode.publish, request, .published(request: request, publication: 3))
        case (.register, .register(let request, _, _)):
            (MessageCode.register, request, .registered(request: request, registration: 9))
        case (.subscribe, .subscribe(let request, _, _)):
            (MessageCode.subscribe, request, .subscribed(request: request, subscription: 9))
        case (.unregister, .unregister(let request, _)):
            (MessageCode.unregister, request, .unregistered(request: request, details: [:]))
        case (.unsubscribe, .unsubscribe(let request, _)):
            (MessageCode.unsubscribe, request, .unsubscribed(request: request, details: [:]))
        default: nil
        }
    }
}

/// Every way in which an operation ends.
enum Exit: String, CaseIterable, Sendable {
    case answer, error, deadline, cancel, reset, goodbye, answerTwice
}

@Suite("Waiters", .timeLimit(.minutes(1)))
struct WaiterTests {
    /// A waiter that is resumed twice traps, one that is never resumed runs into the suite's time limit.
    @Test(
        "Every exit path of every operation resumes its waiter exactly once", arguments: Operation.allCases,
        Exit.allCases)
    func everyExit(operation: Operation, exit: Exit) async throws {
        let arrived = Gate()
        let error = try await withScriptedRouter { url in
            var configuration = configuration(url)
            if exit == .deadline { configuration.responseTimeout = .milliseconds(30) }
            return try await WAMPClient.withSession(configuration, logger: quiet) { session in
                await withTaskGroup(of: WAMPError?.self) { group in
                    group.addTask { await operation(session, timeout: exit == .deadline ? .milliseconds(30) : nil) }
                    if exit == .cancel {
                        try? await arrived.wait()
                        group.cancelAll()
                    }
                    return await group.next() ?? nil
                }
            }
        } router: { peer, _ in
            try await peer.welcome()
            do {
                try await conduct(operation, exit, peer, arrived)
            } catch let error as ScriptError where exit == .deadline {
                // On a busy machine already what has to be there before may be too late.
                _ = error
            }
            // Whatever else it says, GOODBYE among it.
            while case .some = try? await peer.receive() {}
        }
        switch exit {
        case .answer, .answerTwice: #expect(error == nil)
        case .error: #expect(error?.uri == "com.example.no")
        case .deadline: #expect(error?.code == .timeout)
        case .cancel: #expect(error?.code == .canceled)
        case .reset, .goodbye: #expect(error?.code == .sessionLost)
        }
    }

    /// The router's part.
    private func conduct(_ operation: Operation, _ exit: Exit, _ peer: ScriptedRouter, _ arrived: Gate) async throws {
        try await operation.prepare(peer)
        let (code, request, answer) = try await peer.expect(operation.rawValue, operation.answer)
        switch exit {
        case .answer: try await peer.send(answer)
        case .answerTwice:
            try await peer.send(answer)
            try await peer.send(answer)
        case .error:
            try await peer.send(
                .error(type: code, request: request, details: [:], uri: "com.example.no", payload: Payload()))
        case .cancel: await arrived.open()
        case .reset: try await peer.webSocket.raw.reset()
        case .goodbye: try await peer.send(.goodbye(details: [:], reason: CloseURI.killed))
        case .deadline: break
        }
    }
}
