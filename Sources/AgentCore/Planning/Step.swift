public import DeviceProtocol

/// The next thing to do for one app. After each the lane looks again.
public enum Step: Sendable, Equatable {
    /// Nothing to do until something changes.
    case rest
    /// Nothing to do before this time, on the monotonic clock, unless something changes.
    case wait(until: Duration)
    /// Look at container and image.
    case observe
    /// Tell the app's log what is not done, once.
    case note(Limitation)
    case refreshCredential
    /// Write the true state without reporting it: the state before was an earlier process's memory.
    case correct(AppState)
    /// Report the present state once more.
    case reportAgain

    /// Enter a transition.
    case begin(TransitionAction)
    /// Leave it, because it goes against what is wanted now.
    case abandon
    /// Publish the state that the transition's work begins with.
    case announce(AppState)
    /// Publish a state that was reached on the way.
    case report(AppState)
    /// Publish the last state of a transition and leave it.
    case complete(AppState)
    /// Leave the transition, if any, as FAILED; PROD apps are tried again later.
    case fail(Failure)

    /// Decide which host ports the container gets.
    case assignPorts
    /// Bring tunnels, the backend's list of ports and the files of ports to what is there (3.7). Never fails.
    case syncPorts
    case pull(String)
    case create(image: String, usesGPU: Bool)
    case start(String)
    case follow(String)
    case stop(String)
    case removeContainer(String)
    /// Every tag of the app's own repository; best effort (P9).
    case removeImages
    /// The app's data directory. Only while `UNINSTALLED` is wanted.
    case deleteData
    /// Delete the rows, together with the last report. The end of the lane.
    case forget(reporting: AppState?)
}
