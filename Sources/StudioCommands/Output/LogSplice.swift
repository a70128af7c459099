/// Joins the stored lines of a log with the live ones that follow, without showing the overlap twice.
///
/// The viewer subscribes first and asks for the history then, so the first live lines may stand in the history
/// already. They are recognised as a run that ends where the history ends.
struct LogSplice {
    private let history: [String]
    /// Index in the history of the next line that would repeat it; nil once live lines are new.
    private var expected: Int?
    private var isFirst = true

    init(history: [String]) { self.history = history }

    /// The part of a live batch that was not shown yet.
    mutating func fresh(_ lines: [String]) -> [String] {
        lines.filter { !repeats($0) }
    }

    private mutating func repeats(_ line: String) -> Bool {
        if isFirst {
            isFirst = false
            expected = history.lastIndex(of: line)
        }
        guard let index = expected, index < history.count, history[index] == line else {
            expected = nil
            return false
        }
        expected = index + 1
        return true
    }
}
