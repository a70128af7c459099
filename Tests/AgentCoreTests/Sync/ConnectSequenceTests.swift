import AgentCore
import Testing

@Suite("Connect sequence")
struct ConnectSequenceTests {
    private static let order: [ConnectSequence.Step] = [
        .refreshMetadata, .fetchCredentialKey, .reportConfiguring, .registerProcedures, .publishArchitecture,
        .reviveLogs, .deliverReports, .awaitEngine, .fetchRequested, .applyRequested, .sweepOrphans, .reportStates,
        .redrive, .reportConnected, .done,
    ]

    /// The steps of one pass.
    private func steps(
        failing: Set<ConnectSequence.Step> = [], by outcome: ConnectSequence.Outcome = .failed
    ) -> [ConnectSequence.Step] {
        var sequence = ConnectSequence()
        var steps = [sequence.start()]
        extend(&steps, by: &sequence, failing: failing, outcome)
        return steps
    }

    /// Goes on to the end of a pass: `.pause` or `.done`.
    private func extend(
        _ steps: inout [ConnectSequence.Step], by sequence: inout ConnectSequence,
        failing: Set<ConnectSequence.Step>, _ outcome: ConnectSequence.Outcome = .failed
    ) {
        repeat {
            let hasFailed = steps.last.map(failing.contains) ?? false
            steps.append(sequence.next(after: hasFailed ? outcome : .succeeded))
        } while steps.last != .done && steps.last != .pause && steps.count < 60
    }

    /// The steps of the pass after one in which these failed.
    private func secondPass(
        after failing: Set<ConnectSequence.Step>, failing still: Set<ConnectSequence.Step> = []
    ) -> [ConnectSequence.Step] {
        var sequence = ConnectSequence()
        var steps = [sequence.start()]
        extend(&steps, by: &sequence, failing: failing)
        #expect(steps.last == .pause)
        steps = []
        extend(&steps, by: &sequence, failing: still)
        return steps
    }

    @Test("the order of 6.2 and 0.2, with the outbox after the registrations and before the corrections")
    func order() { #expect(steps() == Self.order) }

    @Test(
        "what may fail does not stop the rest (S-10, P50)",
        arguments: [
            ConnectSequence.Step.reportConfiguring, .deliverReports, .sweepOrphans, .reportStates, .redrive,
        ])
    func tolerant(_ step: ConnectSequence.Step) { #expect(steps(failing: [step]) == Self.order) }

    @Test(
        "what the backend did not answer is asked again after a pause, and nothing else; CONNECTED is reported meanwhile",
        arguments: [
            ConnectSequence.Step.refreshMetadata, .fetchCredentialKey, .publishArchitecture, .reviveLogs,
        ])
    func repeated(_ step: ConnectSequence.Step) {
        #expect(steps(failing: [step]) == Self.order.dropLast() + [.pause])
        #expect(secondPass(after: [step]) == [step, .done])
        #expect(secondPass(after: [step], failing: [step]) == [step, .pause])
    }

    @Test(
        "what was refused for good is not asked again",
        arguments: [
            ConnectSequence.Step.refreshMetadata, .fetchCredentialKey, .publishArchitecture, .reviveLogs,
        ])
    func refused(_ step: ConnectSequence.Step) { #expect(steps(failing: [step], by: .refused) == Self.order) }

    @Test("a list that was not got: nothing is applied or swept, states are reported (6.2 step 9); later it is applied")
    func withoutList() {
        let first = Self.order.filter { $0 != .applyRequested && $0 != .sweepOrphans }
        #expect(steps(failing: [.fetchRequested]) == first.dropLast() + [.pause])
        #expect(
            secondPass(after: [.fetchRequested]) == [.fetchRequested, .applyRequested, .sweepOrphans, .redrive, .done])
        #expect(
            secondPass(after: [.fetchRequested, .awaitEngine]) == [
                .awaitEngine, .fetchRequested, .applyRequested, .sweepOrphans, .reportStates, .redrive, .done,
            ])
        #expect(steps(failing: [.fetchRequested], by: .refused) == first)
    }

    @Test("a list that could not be stored: nothing is swept, CONNECTED is reported, and the list is asked for again")
    func unstoredList() {
        let first = Self.order.filter { $0 != .sweepOrphans }
        #expect(steps(failing: [.applyRequested]) == first.dropLast() + [.pause])
        let again: [ConnectSequence.Step] = [.fetchRequested, .applyRequested, .sweepOrphans, .redrive, .done]
        #expect(secondPass(after: [.applyRequested]) == again)
        #expect(
            secondPass(after: [.applyRequested], failing: [.applyRequested]) == [
                .fetchRequested, .applyRequested, .pause,
            ])
    }

    @Test("all of the backend's procedures missing: everything is asked again, the registrations stand (S14)")
    func withoutBackend() {
        let asked: Set<ConnectSequence.Step> = [
            .refreshMetadata, .fetchCredentialKey, .reportConfiguring, .publishArchitecture, .fetchRequested,
            .reportConnected,
        ]
        #expect(
            secondPass(after: asked) == [
                .refreshMetadata, .fetchCredentialKey, .reportConfiguring, .publishArchitecture, .deliverReports,
                .fetchRequested, .applyRequested, .sweepOrphans, .redrive, .reportConnected, .done,
            ])
    }

    @Test("once CONNECTED was reported no pass says CONFIGURING or CONNECTED again")
    func noSecondStatus() {
        #expect(secondPass(after: [.reportConfiguring, .fetchCredentialKey]) == [.fetchCredentialKey, .done])
    }

    @Test(
        "without the engine what is wanted is stored and the device is connected; what needs the engine comes with it")
    func withoutEngine() {
        let first = Self.order.filter { $0 != .sweepOrphans && $0 != .reportStates }
        #expect(steps(failing: [.awaitEngine]) == first.dropLast() + [.pause])
        #expect(secondPass(after: [.awaitEngine]) == [.awaitEngine, .sweepOrphans, .reportStates, .done])
        #expect(secondPass(after: [.awaitEngine], failing: [.awaitEngine]) == [.awaitEngine, .pause])
    }

    @Test("a moved device drops its session and does nothing else under the old identity")
    func projectChanged() {
        var sequence = ConnectSequence()
        #expect(sequence.start() == .refreshMetadata)
        #expect(sequence.next(after: .projectChanged) == .drop)
        #expect(sequence.next(after: .succeeded) == .done)
        #expect(sequence.start() == .refreshMetadata)
    }

    @Test("the registrations are tried again before anything else, whatever the reason was (S-10)")
    func registrations() {
        var sequence = ConnectSequence()
        var present = sequence.start()
        while present != .registerProcedures { present = sequence.next(after: .succeeded) }
        for outcome in [ConnectSequence.Outcome.failed, .refused, .failed] {
            #expect(sequence.next(after: outcome) == .pause)
            #expect(sequence.next(after: .succeeded) == .registerProcedures)
        }
        #expect(sequence.next(after: .succeeded) == .publishArchitecture)
    }

    @Test(
        "CONNECTED is tried again in the same session, with what waits in the outbox before it (S14)",
        arguments: [ConnectSequence.Outcome.failed, .refused])
    func connected(_ outcome: ConnectSequence.Outcome) {
        #expect(steps(failing: [.reportConnected], by: outcome).last == .pause)
        #expect(secondPass(after: [.reportConnected]) == [.deliverReports, .reportConnected, .done])
        #expect(
            secondPass(after: [.reportConnected, .reportConfiguring])
                == [.reportConfiguring, .deliverReports, .reportConnected, .done])
    }
}
