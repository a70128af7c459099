import AgentCore
import Testing

@Suite("Connect sequence")
struct ConnectSequenceTests {
    private static let order: [ConnectSequence.Step] = [
        .refreshMetadata, .fetchCredentialKey, .reportConfiguring, .registerProcedures, .publishArchitecture,
        .reviveLogs, .deliverReports, .awaitEngine, .fetchRequested, .applyRequested, .sweepOrphans, .reportStates,
        .redrive, .reportConnected, .done,
    ]

    private func steps(failing: Set<ConnectSequence.Step> = []) -> [ConnectSequence.Step] {
        var sequence = ConnectSequence()
        var steps = [sequence.start()]
        while steps.last != .done, steps.last != .pause, steps.count < 30 {
            let hasFailed = steps.last.map(failing.contains) ?? false
            steps.append(sequence.next(after: hasFailed ? .failed : .succeeded))
        }
        return steps
    }

    @Test("the order of 6.2 and 0.2, with the outbox after the registrations and before the corrections")
    func order() { #expect(steps() == Self.order) }

    @Test(
        "what may fail does not stop the rest (S-10, P50)",
        arguments: [
            ConnectSequence.Step.refreshMetadata, .fetchCredentialKey, .reportConfiguring, .publishArchitecture,
            .reviveLogs, .deliverReports, .sweepOrphans, .reportStates, .redrive,
        ])
    func tolerant(_ step: ConnectSequence.Step) { #expect(steps(failing: [step]) == Self.order) }

    @Test("a list that was not got: nothing is applied or swept, states are reported (6.2 step 9)")
    func withoutList() {
        #expect(steps(failing: [.fetchRequested]) == Self.order.filter { $0 != .applyRequested && $0 != .sweepOrphans })
    }

    @Test("without the engine what is wanted is stored, states are not corrected, and the device is connected")
    func withoutEngine() {
        #expect(steps(failing: [.awaitEngine]) == Self.order.filter { $0 != .sweepOrphans && $0 != .reportStates })
    }

    @Test("a moved device drops its session and does nothing else under the old identity")
    func projectChanged() {
        var sequence = ConnectSequence()
        #expect(sequence.start() == .refreshMetadata)
        #expect(sequence.next(after: .projectChanged) == .drop)
        #expect(sequence.next(after: .succeeded) == .done)
        #expect(sequence.start() == .refreshMetadata)
    }

    @Test(
        "registrations and the last status are tried again after a pause, in the same session (S-10)",
        arguments: [ConnectSequence.Step.registerProcedures, .reportConnected])
    func required(_ step: ConnectSequence.Step) {
        var sequence = ConnectSequence()
        var present = sequence.start()
        while present != step { present = sequence.next(after: .succeeded) }
        for _ in 0..<3 {
            #expect(sequence.next(after: .failed) == .pause)
            #expect(sequence.next(after: .succeeded) == step)
        }
        let after = Self.order.firstIndex(of: step).map { Self.order[$0 + 1] }
        #expect(sequence.next(after: .succeeded) == after)
    }
}
