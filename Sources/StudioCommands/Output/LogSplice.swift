/// Joins the stored lines of a log with the live ones that follow, without showing the overlap twice.
///
/// The viewer subscribes first and asks for the history then, so the first live lines may stand in the history
/// already. They are recognised as a run of it. Lines of the app and lines of the agent come live in batches of their
/// own and stand mixed in the history, so each kind has its own place in it.
struct LogSplice {
    private let history: [String]
    private var places: [LogPayload.Source: Place] = [:]

    private enum Place {
        /// Index in the history behind the last line that was repeated.
        case within(Int)
        /// Live lines are new from here on.
        case behind
    }

    init(history: [String]) { self.history = history }

    /// The part of a live batch that was not shown yet.
    mutating func fresh(_ payload: LogPayload) -> [String] {
        payload.lines.filter { !repeats($0, of: payload.source) }
    }

    private mutating func repeats(_ line: String, of source: LogPayload.Source) -> Bool {
        let found: Int? =
            switch places[source] {
            case nil: history.lastIndex(of: line)
            case .within(let index)?: history[index...].firstIndex(of: line)
            case .behind?: nil
            }
        places[source] = found.map { .within($0 + 1) } ?? .behind
        return found != nil
    }
}
