import Foundation
import IntegrationTestKit
import Synchronization
import Testing
import Values
import WAMPTestKit

/// A router that accepts and never answers, in every state of a connection: the agent tries again, and stops within its
/// limits while it waits.
@Suite("A silent router", .serialized)
struct LinkSilenceTests {
    private enum State: String, CaseIterable, Sendable {
        case tcp = "TCP connect"
        case upgrade = "opening handshake"
        case hello = "HELLO"
        case authenticate = "AUTHENTICATE"
        case register = "REGISTER"
        case bulk = "the calls of the connect order"
        case ping = "ping"
        case goodbye = "GOODBYE"

        var flags: [String] {
            switch self {
            case .tcp, .upgrade, .hello, .authenticate: ["-connTimeout", "500"]
            case .register: ["-connTimeout", "10000", "-respTimeout", "500"]
            case .ping: ["-connTimeout", "10000", "-ppTimeout", "300"]
            case .bulk, .goodbye: ["-connTimeout", "10000"]
            }
        }

        var admission: AnsweringRouter.Admission {
            switch self {
            case .upgrade: .silentUpgrade
            case .hello: .silence
            case .authenticate: .silentWelcome
            default: .welcome
            }
        }

        func answer(_ question: AnsweringRouter.Question) -> AnsweringRouter.Answer {
            switch (self, question) {
            case (.register, .register(let name)) where name.hasSuffix(".get_images"): .silence
            case (.bulk, .call): .silence
            default: LinkBench.usual(question)
            }
        }
    }

    @Test(
        "TCP connect, opening handshake, HELLO, AUTHENTICATE, REGISTER, calls, ping, GOODBYE: tried again by the schedule, SIGTERM ends the process with 0 within 10 s"
    )
    func everyState() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, state) in State.allCases.enumerated() {
                if number >= 4 { try await group.next() }
                group.addTask { try await Self.run(state) }
            }
            try await group.waitForAll()
        }
    }

    private static func run(_ state: State) async throws {
        let full = state == .tcp ? try FullListener() : nil
        defer { full?.close() }
        let url = full.map { "ws://127.0.0.1:\($0.port)/ws" }
        try await LinkBench.with(url: url, answer: state.answer) { bench in
            bench.router.admit(state.admission)
            let process = try bench.start(state.flags)
            try await reach(state, bench, process)
            let began = ContinuousClock.now
            await bench.stop(process)
            print("figure: silent at \(state.rawValue): stopped after \(ContinuousClock.now - began)")
        }
    }

    /// Waits until the agent has tried twice, or sits in the state in which the router is silent.
    private static func reach(_ state: State, _ bench: LinkBench, _ process: TestProcess) async throws {
        func wait(_ condition: () -> Bool) async {
            let isReached = await eventually(within: .seconds(30), condition)
            #expect(isReached, "\(state.rawValue): \(process.text)\(bench.program.log.suffix(3000))")
        }
        switch state {
        case .tcp: await wait { bench.logged("\"not connected\"") >= 2 }
        case .upgrade: await wait { bench.router.connections >= 2 }
        case .hello: await wait { bench.router.hellos >= 2 }
        case .authenticate: await wait { bench.router.count(.authenticate) >= 2 }
        case .register:
            let name = "re.mgmt.S-1.get_images"
            await wait { bench.router.count(.register(name, takesOver: true)) >= 2 }
        case .bulk:
            await wait { bench.router.calls(of: "wamp.session.add_testament").count >= 1 }
            try await Task.sleep(for: .milliseconds(500))
        case .ping:
            await bench.connect()
            bench.router.answerPings(false)
            await wait { bench.router.hellos >= 2 }
        case .goodbye:
            await bench.connect()
            bench.router.answerGoodbye(false)
        }
    }

    @Test(
        "the router is not there at the start, comes, is killed, and comes again: connected each time, by the schedule")
    func comesAndGoes() async throws {
        let port = try LinkPort.free()
        let url = "ws://127.0.0.1:\(port)/ws"
        try await LinkBench.with(router: AnsweringRouter(answer: LinkBench.usual), url: url) { bench in
            try await bench.running { process in
                let isTried = await eventually { bench.logged("\"not connected\"") >= 2 }
                #expect(isTried && process.isRunning)
                for round in 0..<2 {
                    let router = AnsweringRouter(answer: LinkBench.usual)
                    let began = ContinuousClock.now
                    try await router.run(port: port) { _ in
                        let isThere = await eventually(within: .seconds(20)) {
                            router.entries.contains { LinkBench.isStatus("CONNECTED", $0) }
                        }
                        #expect(isThere, "round \(round): \(bench.program.log.suffix(2000))")
                        print("figure: connected \(ContinuousClock.now - began) after the router came")
                        await router.cut()
                    }
                }
                try await bench.expectWholeDatabase()
            }
            #expect(bench.logged("\"level\":\"warn\",\"reason\"") <= 6, "an outage is said once for each reason")
        }
    }
}
