/// Why a step was not done, as far as the lane goes on differently.
enum StepError: Error, Sendable, Equatable {
    /// The transition has failed.
    case failed(Failure)
    /// The engine refused the GPU; without it the step may succeed.
    case gpuRefused(Failure)
    /// A host port that the app was to get is somebody else's; another one may do (3.6).
    case portTaken(UInt16?, Failure)
    /// The engine itself does not answer: nobody's failure, the lane waits for it.
    case engineAway
    /// The engine took the question and gave no answer in time, or broke off in the middle of it: whether the step was
    /// done is not known, so it is looked at and tried again, a few times.
    case unanswered(Failure)
    /// The step was interrupted by this lane; the next look decides.
    case interrupted
    /// The engine says that the step was canceled, and nobody here has asked for it: looked at again after a while (T22).
    case canceled

    /// The one translation of an engine's error; `context` begins the sentence for people.
    init(_ error: EngineError, _ context: String) {
        let failure = Failure("\(context): \(error.message)")
        self =
            switch error.code {
            case .unavailable: .engineAway
            case .canceled: .canceled
            case .timedOut, .truncated: .unanswered(failure)
            case .gpuUnavailable: .gpuRefused(failure)
            case .portConflict(let port): .portTaken(port, failure)
            default: .failed(failure)
            }
    }
}
