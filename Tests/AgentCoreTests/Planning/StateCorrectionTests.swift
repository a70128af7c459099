import AgentCore
import AgentTestKit
import DeviceProtocol
import Testing

@Suite("State correction")
struct StateCorrectionTests {
    @Test("4.5, no container: with the image PRESENT, without it REMOVED, but UNINSTALLED stays")
    func withoutContainer() {
        for state in AppState.allCases {
            #expect(StateCorrection.corrected(state, container: nil, hasImage: true) == .present)
            let expected: AppState = state == .uninstalled ? .uninstalled : .removed
            #expect(StateCorrection.corrected(state, container: nil, hasImage: false) == expected)
        }
    }

    @Test("4.5, with a container: its state decides, except after interrupted work")
    func withContainer() {
        func corrected(_ state: AppState, _ status: ContainerSnapshot.Status) -> AppState {
            StateCorrection.corrected(state, container: .sample(status), hasImage: false)
        }
        for state in [AppState.downloading, .transfering, .building, .publishing] {
            #expect(corrected(state, .running) == .removed)
        }
        #expect(corrected(.updating, .running) == .present)
        #expect(corrected(.starting, .running) == .running)
        #expect(corrected(.running, .created) == .present)
        #expect(corrected(.running, .removing) == .stopping)
        for status in [ContainerSnapshot.Status.restarting, .exited, .dead] {
            #expect(corrected(.running, status) == .failed)
        }
    }

    @Test("T66: a paused container keeps the state and aborts nothing (P6)")
    func paused() {
        for state in [AppState.running, .present, .failed] {
            #expect(StateCorrection.corrected(state, container: .sample(.paused), hasImage: true) == state)
        }
        #expect(StateCorrection.corrected(.deleting, container: .sample(.paused), hasImage: true) == .running)
    }
}
