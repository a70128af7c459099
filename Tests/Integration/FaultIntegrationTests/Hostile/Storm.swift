import IntegrationTestKit
import NIOCore
import Testing
import WAMPTestKit

/// Sends seeded malformed messages to the agent, session by session.
struct Storm {
    let agent: AgentUnderAttack
    var messages: MalformedMessages
    /// How many were sent.
    private(set) var sent = 0
    /// By kind.
    private(set) var kinds: [String: Int] = [:]
    private var connects = 1

    init(_ agent: AgentUnderAttack, seed: UInt64) {
        self.agent = agent
        messages = MalformedMessages(seed: seed, from: .router)
    }

    /// Messages that the session must survive; then a call must be answered in the same session.
    mutating func storm(_ count: Int) async throws {
        messages.registrations = Array(agent.router.registrations.values)
        messages.subscriptions = Array(agent.router.subscriptions.values)
        let hellos = agent.router.hellos
        for start in stride(from: 0, to: count, by: 50) {
            var batch = ByteBuffer()
            for _ in start..<min(start + 50, count) { note(messages.survivable(), &batch) }
            try await agent.router.write(batch)
        }
        #expect(try await agent.serves(), "no answer after \(sent) messages:\n\(agent.program.log.suffix(2000))")
        #expect(agent.router.hellos == hellos, "the session ended:\n\(agent.program.log.suffix(2000))")
    }

    /// A message that ends the session: the agent comes back.
    mutating func end(with kind: String) async throws {
        guard let sample = messages.fatal(kind) else { return }
        var batch = ByteBuffer()
        note(sample, &batch)
        try await agent.router.write(batch)
        try await expectReturn(after: kind)
    }

    /// An opening that comes to nothing, after the present session was cut: the agent comes back.
    mutating func opening(_ admission: AnsweringRouter.Admission, _ kind: String) async throws {
        let connections = agent.router.connections
        agent.router.admit(admission)
        await agent.router.cut()
        let came = await eventually(every: .milliseconds(5)) { agent.router.connections > connections }
        agent.router.admit(.welcome)
        #expect(came, "the agent did not come back to be refused: \(kind)")
        sent += 1
        kinds[kind, default: 0] += 1
        try await expectReturn(after: kind)
    }

    private mutating func note(_ sample: MalformedMessages.Sample, _ batch: inout ByteBuffer) {
        sent += 1
        kinds[sample.name, default: 0] += 1
        batch.writeImmutableBuffer(sample.frames)
    }

    private mutating func expectReturn(after kind: String) async throws {
        connects += 1
        let isBack = await agent.waitForConnect(connects)
        #expect(isBack, "the agent did not come back after: \(kind)\n\(agent.program.log.suffix(3000))")
    }
}
