import Testing

@testable import AgentRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Termination signals (system.md 0.4, S-24)")
struct TerminationSignalsTests {
    @Test("a signal that came before anybody waited is not lost, and everybody gets it")
    func early() async {
        let signals = TerminationSignals()
        #expect(signals.received == nil)
        signals.receive(SIGTERM)
        #expect(signals.received == SIGTERM)
        #expect(await signals.first() == SIGTERM)
        #expect(await signals.first() == SIGTERM)
    }

    @Test("all who wait are told of the first signal; a later one changes nothing")
    func waiters() async {
        let signals = TerminationSignals()
        async let first = signals.first()
        async let second = signals.first()
        signals.receive(SIGINT)
        signals.receive(SIGTERM)
        #expect(await [first, second] == [SIGINT, SIGINT])
    }

    @Test("a cancelled task stops waiting")
    func cancelled() async {
        let signals = TerminationSignals()
        let answer = await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await signals.first() }
            group.cancelAll()
            return await group.next()
        }
        #expect(answer == .some(nil))
        #expect(signals.received == nil)
    }

    @Test("signals arrive as bytes on the pipe, also when they were there before the reader")
    func pipe() async {
        var descriptors: [Int32] = [-1, -1]
        #expect(makePipe(&descriptors) == 0)
        var byte = UInt8(SIGTERM)
        #expect(write(descriptors[1], &byte, 1) == 1)
        #expect(await TerminationSignals.start(reading: descriptors[0]).first() == SIGTERM)
        close(descriptors[1])
    }

    @Test("without a pipe no signal ever comes")
    func noPipe() { #expect(TerminationSignals.start(reading: -1).received == nil) }
}

/// `pipe` of the system, whose name the test above has too.
private func makePipe(_ descriptors: inout [Int32]) -> Int32 { pipe(&descriptors) }
