import AgentCore
import DeviceProtocol
import Testing

@Suite("Transition matrix")
struct TransitionMatrixTests {
    /// The table of app-lifecycle.md 2.2, row by row: PRESENT, RUNNING, BUILT, PUBLISHED, REMOVED, UNINSTALLED.
    private static let table: [(AppState, [TransitionAction?])] = [
        (.removed, [.pull, .run, .build, .publish, .noOperation, .uninstall]),
        (.uninstalled, [.pull, .run, .build, .publish, nil, .noOperation]),
        (.present, [.noOperation, .run, .build, .publish, .remove, .uninstall]),
        (.running, [.stop, .noOperation, .stop, .removeThenPublish, .remove, .uninstall]),
        (.failed, [.recoverToPresent, .recoverToRunning, .build, .publish, .remove, .uninstall]),
        (.built, [.noOperation, .run, .build, .publish, .remove, .uninstall]),
        (.published, [.noOperation, .run, .build, .publish, .remove, .uninstall]),
        (.transfering, [.cancelTransfer, nil, nil, nil, .cancelTransfer, .cancelTransfer]),
        (.transfered, [.pull, nil, nil, nil, .remove, .uninstall]),
        (.building, [nil, nil, nil, nil, .cancelBuild, nil]),
        (.publishing, [nil, nil, nil, nil, .cancelPush, nil]),
        (.downloading, [.pull, nil, nil, nil, .cancelPull, .cancelPull]),
        (.starting, [.stop, .run, nil, nil, .remove, .uninstall]),
        (.stopping, [.stop, .run, nil, nil, .remove, .uninstall]),
        (.updating, [.cancelUpdate, nil, nil, nil, .cancelUpdateThenRemove, .cancelUpdateThenUninstall]),
        (.deleting, [nil, nil, nil, nil, .remove, .uninstall]),
        (.stopped, [nil, .run, .build, .publish, .remove, .uninstall]),
        (.inherit, [nil, nil, nil, nil, nil, nil]),
    ]

    private static let columns: [AppState] = [.present, .running, .built, .published, .removed, .uninstalled]

    @Test("T1: a handler exists exactly where the table says", arguments: 0..<18)
    func table(_ row: Int) {
        let (current, expected) = Self.table[row]
        for (requested, action) in zip(Self.columns, expected) {
            #expect(
                TransitionMatrix.action(from: current, to: requested, stage: .prod) == action,
                "\(current) to \(requested)")
        }
    }

    @Test("T1: targets that are not in the table have no handler in any row, but STOPPED in its own")
    func otherTargets() {
        let others = AppState.allCases.filter { !Self.columns.contains($0) && $0 != .stopped }
        for current in AppState.allCases {
            for requested in others {
                #expect(TransitionMatrix.action(from: current, to: requested, stage: .prod) == nil)
            }
            let action = TransitionMatrix.action(from: current, to: .stopped, stage: .prod)
            #expect(action == (current == .stopped ? .noOperation : nil))
        }
    }

    @Test("REMOVED to PRESENT pulls for PROD and does nothing for DEV")
    func stages() {
        #expect(TransitionMatrix.action(from: .removed, to: .present, stage: .prod) == .pull)
        #expect(TransitionMatrix.action(from: .removed, to: .present, stage: .dev) == .noOperation)
    }

    @Test("every state has its row")
    func rows() { #expect(Set(Self.table.map(\.0)) == Set(AppState.allCases)) }
}
