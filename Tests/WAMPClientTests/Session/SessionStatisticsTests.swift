import AsyncSupport
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

@Suite("What a session holds", .timeLimit(.minutes(1)))
struct SessionStatisticsTests {
    @Test("registrations, handlers at work and calls that wait are counted while they last")
    func counts() async throws {
        let (entered, free, counted) = (Gate(), Gate(), Gate())
        try await withSession { session in
            #expect(await session.statistics().registrations == 0)
            _ = try await session.register("com.example.serve") { _ in
                await entered.open()
                try await free.wait()
                return Reply()
            }
            try await entered.wait()
            let during = await session.statistics()
            #expect(during.registrations == 1)
            #expect(during.runningInvocations == 1)
            #expect(during.waitingInvocations == 0 && during.waiters == 0)
            await free.open()
            while await session.statistics().runningInvocations > 0 { await Task.yield() }
            async let call = session.call("com.example.other", timeout: .seconds(20))
            while await session.statistics().waiters == 0 { await Task.yield() }
            #expect(await session.statistics().deadlines == 1)
            await counted.open()
            _ = try await call
            let after = await session.statistics()
            #expect(after.waiters == 0 && after.deadlines == 0)
        } router: { peer in
            _ = try await peer.registered(9)
            try await peer.send(.invocation(request: 1, registration: 9, details: [:], payload: Payload()))
            _ = try await peer.yielded()
            let request = try await peer.expect("CALL") {
                if case .call(let request, _, _, _) = $0 { request } else { nil }
            }
            try await counted.wait()
            try await peer.send(.result(request: request, details: [:], payload: Payload()))
        }
    }
}
