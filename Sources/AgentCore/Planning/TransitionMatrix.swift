public import DeviceProtocol

/// What has to be done to bring an app from one state to another: the handlers of app-lifecycle.md 2.2.
public enum TransitionAction: Sendable, Hashable, CaseIterable {
    /// The app is where it should be; its state is reported once more.
    case noOperation
    case pull, run, stop, remove, uninstall
    case build, publish, removeThenPublish
    case recoverToPresent, recoverToRunning
    case cancelTransfer, cancelBuild, cancelPush, cancelPull
    case cancelUpdate, cancelUpdateThenRemove, cancelUpdateThenUninstall
}

/// The table of app-lifecycle.md 2.2.
public enum TransitionMatrix {
    /// The action for a pair of states; nil where the table has "—".
    public static func action(from current: AppState, to requested: AppState, stage: Stage) -> TransitionAction? {
        switch requested {
        case .present: toPresent(from: current, stage: stage)
        case .running: toRunning(from: current)
        case .built: toBuilt(from: current)
        case .published: toPublished(from: current)
        case .removed: toRemoved(from: current)
        case .uninstalled: toUninstalled(from: current)
        case .stopped: current == .stopped ? .noOperation : nil
        case .failed, .building, .transfering, .transfered, .publishing, .downloading, .starting, .stopping, .updating,
            .deleting, .inherit:
            nil
        }
    }

    private static func toPresent(from current: AppState, stage: Stage) -> TransitionAction? {
        switch current {
        case .removed: stage == .prod ? .pull : .noOperation
        case .uninstalled, .transfered, .downloading: .pull
        case .present, .built, .published: .noOperation
        case .running, .starting, .stopping: .stop
        case .failed: .recoverToPresent
        case .transfering: .cancelTransfer
        case .updating: .cancelUpdate
        case .building, .publishing, .deleting, .stopped, .inherit: nil
        }
    }

    private static func toRunning(from current: AppState) -> TransitionAction? {
        switch current {
        case .running: .noOperation
        case .failed: .recoverToRunning
        case .removed, .uninstalled, .present, .built, .published, .starting, .stopping, .stopped: .run
        case .transfering, .transfered, .building, .publishing, .downloading, .updating, .deleting, .inherit: nil
        }
    }

    private static func toBuilt(from current: AppState) -> TransitionAction? {
        switch current {
        case .running: .stop
        case .built, .removed, .uninstalled, .present, .failed, .published, .stopped: .build
        default: nil
        }
    }

    private static func toPublished(from current: AppState) -> TransitionAction? {
        switch current {
        case .running: .removeThenPublish
        case .removed, .uninstalled, .present, .failed, .built, .published, .stopped: .publish
        default: nil
        }
    }

    private static func toRemoved(from current: AppState) -> TransitionAction? {
        switch current {
        case .removed: .noOperation
        case .uninstalled, .inherit: nil
        case .transfering: .cancelTransfer
        case .building: .cancelBuild
        case .publishing: .cancelPush
        case .downloading: .cancelPull
        case .updating: .cancelUpdateThenRemove
        case .present, .running, .failed, .built, .published, .transfered, .starting, .stopping, .deleting, .stopped:
            .remove
        }
    }

    private static func toUninstalled(from current: AppState) -> TransitionAction? {
        switch current {
        case .uninstalled: .noOperation
        case .building, .publishing, .inherit: nil
        case .transfering: .cancelTransfer
        case .downloading: .cancelPull
        case .updating: .cancelUpdateThenUninstall
        case .removed, .present, .running, .failed, .built, .published, .transfered, .starting, .stopping, .deleting,
            .stopped:
            .uninstall
        }
    }
}
