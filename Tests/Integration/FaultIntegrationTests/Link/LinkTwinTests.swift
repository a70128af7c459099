import AsyncSupport
import Foundation
import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

/// Two agents with one identity, each in a namespace of its own.
@Suite("Two agents with one identity", .serialized)
struct LinkTwinTests {
    fileprivate static let held = "another session holds this device's serial number"
    fileprivate static let taken = "another session took this device's procedures"

    /// Registrations in all sessions.
    private static func registrations(_ router: AnsweringRouter) -> Int {
        router.entries.count { if case .register = $0 { true } else { false } }
    }

    @Test(
        "the second one waits and says so, both live, nobody fights; when the first one leaves, the second one serves")
    func waiting() async throws {
        try await LinkBench.with { first in
            first.router.tellHoldersApart()
            try await LinkBench.with(router: first.router, url: first.program.identity.endpoint) { second in
                let one = try first.start()
                await first.connect()
                try await second.running { two in
                    let isHeld = await eventually { second.logged(Self.held) > 0 }
                    #expect(isHeld, "\(second.program.log.suffix(2000))")
                    let before = Self.registrations(first.router)
                    try await Task.sleep(for: .seconds(3))
                    let tries = Self.registrations(first.router) - before
                    print("figure: \(tries) registrations in 3 s of two agents with one identity")
                    #expect((1...4).contains(tries), "a second apart, and only the presence")
                    #expect(one.isRunning && two.isRunning)
                    #expect(two.text.components(separatedBy: Self.held).count == 2, "\(two.text)")
                    #expect(first.logged(Self.taken) == 0)
                    let sessions = first.router.connections
                    await first.stop(one)
                    let began = ContinuousClock.now
                    let isServed = await eventually {
                        first.router.entries(of: sessions - 1).contains { LinkBench.isStatus("CONNECTED", $0) }
                    }
                    #expect(isServed, "\(second.program.log.suffix(2000))")
                    print("figure: the second agent serves \(ContinuousClock.now - began) after the first one left")
                    #expect(second.logged("serial number is free again") == 1)
                }
                try await first.expectWholeDatabase()
                try await second.expectWholeDatabase()
            }
        }
    }

    @Test("somebody takes the procedures by force again and again: said once, taken back ever more slowly")
    func fighting() async throws {
        try await LinkBench.with { bench in
            let name = "re.mgmt.S-1.get_images"
            try await bench.running { process in
                await bench.connect()
                let began = ContinuousClock.now
                for round in 1...3 {
                    let id = try #require(bench.router.registration(of: name))
                    try await bench.router.send(
                        .unregistered(request: 0, details: ["registration": .integer(id)]))
                    let isBack = await eventually(within: .seconds(10)) {
                        bench.router.count(.register(name, takesOver: true)) == round + 1
                    }
                    #expect(isBack, "\(bench.program.log.suffix(2000))")
                }
                print("figure: 3 take-overs took \(ContinuousClock.now - began)")
                // Half of 1 + 2 + 4 s at least.
                #expect(ContinuousClock.now - began >= .seconds(3))
                #expect(process.text.components(separatedBy: Self.taken).count == 2, "\(process.text)")
                #expect(bench.router.hellos == 1)
            }
        }
    }

    @Test("on Crossbar: the second agent waits; a session that takes a procedure by force loses it again")
    func crossbar() async throws {
        try await requireService("crossbar")
        let backend = WAMPClientConfiguration(
            url: TestEnvironment["TEST_WAMP_WS"], realm: TestEnvironment["TEST_WAMP_REALM"],
            authentication: .wampcra(
                authID: TestEnvironment["TEST_WAMP_BACKEND_AUTHID"],
                secret: TestEnvironment["TEST_WAMP_BACKEND_SECRET"]),
            connectTimeout: .seconds(10))
        try await Workspace.with { one in
            try await Workspace.with { two in
                let identity = AgentProgram.Identity(
                    serial: "twin-\(UInt32.random(in: 0 ... .max))", secret: TestEnvironment["TEST_WAMP_SECRET"],
                    endpoint: TestEnvironment["TEST_WAMP_WS"])
                let twins = Twins(
                    first: try AgentProgram(workspace: one, identity: identity),
                    second: try AgentProgram(workspace: two, identity: identity))
                try await WAMPClient.withSession(backend, logger: Logger(label: "backend")) { session in
                    try await twins.meet(session)
                }
            }
        }
    }

    private struct Twins: Sendable {
        let first: AgentProgram
        let second: AgentProgram

        private var handshake: String { "re.mgmt.\(first.identity.serial).device_handshake" }

        private func start(_ program: AgentProgram) throws -> TestProcess {
            try program.start(
                ["-connTimeout", "10000"],
                environment: ["DOCKER_HOST": "unix://" + program.workspace.file("nothing.sock")])
        }

        private func isServed(_ session: WAMPSession) async -> Bool {
            await eventually { (try? await session.call(handshake)) != nil }
        }

        func meet(_ session: WAMPSession) async throws {
            let one = try start(first)
            let isServedByFirst = await isServed(session)
            #expect(isServedByFirst, "\(first.log.suffix(2000))")
            let two = try start(second)
            let isHeld = await eventually { second.log.contains(LinkTwinTests.held) }
            #expect(isHeld, "\(second.log.suffix(2000))")
            #expect(one.isRunning && two.isRunning)
            // The first one is robbed and takes it back.
            _ = try await session.register(handshake, options: ["force_reregister": true]) { _ in Reply(["robber"]) }
            let lost = await session.lostRegistrations.next()
            #expect(lost?.procedure == handshake)
            #expect(first.log.contains(LinkTwinTests.taken))
            await leave(one, first)
            let isFree = await eventually { second.log.contains("serial number is free again") }
            #expect(isFree, "\(second.log.suffix(2000))")
            let isServedBySecond = await isServed(session)
            #expect(isServedBySecond)
            await leave(two, second)
        }

        private func leave(_ process: TestProcess, _ program: AgentProgram) async {
            process.signal(SIGTERM)
            let status = await process.waitForExit(.seconds(10))
            #expect(status == 0, "\(program.log.suffix(2000))")
        }
    }
}
