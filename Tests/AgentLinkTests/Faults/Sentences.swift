import Synchronization

/// What the operator is shown.
final class Sentences: Sendable {
    private let shown = Mutex<[String]>([])

    var all: [String] { shown.withLock { $0 } }

    func show(_ sentence: String) { shown.withLock { $0.append(sentence) } }
}
