extension Step {
    /// The kind of step in one word, for people who look at a running agent.
    var word: String {
        switch self {
        case .rest: "rest"
        case .wait: "wait"
        case .observe: "observe"
        case .note: "note"
        case .refreshCredential: "refresh credential"
        case .correct: "correct"
        case .reportAgain: "report again"
        case .begin: "begin"
        case .abandon: "abandon"
        case .announce: "announce"
        case .report: "report"
        case .complete: "complete"
        case .fail: "fail"
        case .assignPorts: "assign ports"
        case .syncPorts: "sync ports"
        case .pull: "pull"
        case .create: "create"
        case .start: "start"
        case .follow: "follow"
        case .stop: "stop"
        case .removeContainer: "remove container"
        case .removeImages: "remove images"
        case .deleteData: "delete data"
        case .forget: "forget"
        }
    }
}
