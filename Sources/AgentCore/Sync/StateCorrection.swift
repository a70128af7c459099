public import DeviceProtocol

/// The true state of an app whose remembered state comes from an earlier process: the single-app table of
/// app-lifecycle.md 4.5.
public enum StateCorrection {
    public static func corrected(_ state: AppState, container: ContainerSnapshot?, hasImage: Bool) -> AppState {
        guard let container else { return withoutContainer(state, hasImage: hasImage) }
        switch state {
        case .downloading, .transfering, .building, .publishing: return .removed
        case .updating: return .present
        default:
            // A paused container is a running app that somebody holds; a stage of work, though, has ended.
            return mapped(container.status) ?? (state.isTransient ? .running : state)
        }
    }

    /// The app state of a container (1.5); nil for a paused one, which keeps the app's state (P6).
    public static func mapped(_ status: ContainerSnapshot.Status) -> AppState? {
        switch status {
        case .running: .running
        case .created: .present
        case .removing: .stopping
        case .restarting, .exited, .dead: .failed
        case .paused: nil
        }
    }

    private static func withoutContainer(_ state: AppState, hasImage: Bool) -> AppState {
        if hasImage { return .present }
        return state == .uninstalled ? .uninstalled : .removed
    }
}
