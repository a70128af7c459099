/// Whether somebody listens to one log name: a machine over subscription ids that knows nothing of WAMP
/// (containers-logs-terminal.md 3.4).
///
/// Answers of the router may be older than events that came meanwhile; what happened since a question was asked is kept
/// and wins over its answer.
public struct LogGate: Sendable, Equatable {
    /// Identifies one question; an answer to an older one is ignored.
    public struct Question: Sendable, Equatable {
        fileprivate var number: UInt64
    }

    private var subscription: UInt64?
    private var asked: UInt64 = 0
    private var isWaiting = false
    private var createdMeanwhile: UInt64?
    private var deletedMeanwhile: Set<UInt64> = []

    public init() {}

    /// Whether lines are published.
    public var isOpen: Bool { subscription != nil }

    /// An exact subscription of the name appeared: the gate opens.
    public mutating func created(_ id: UInt64) {
        subscription = id
        if isWaiting {
            createdMeanwhile = id
            deletedMeanwhile.remove(id)
        }
    }

    /// A subscription went away. Returns whether the router must be asked, because a prefix subscription may still route
    /// the topic (C-71); until it answers nothing changes. The deletion of another id than the remembered one changes
    /// nothing: a browser's refresh deletes and creates almost at once.
    public mutating func deleted(_ id: UInt64) -> Bool {
        if isWaiting {
            deletedMeanwhile.insert(id)
            if createdMeanwhile == id { createdMeanwhile = nil }
        }
        return subscription == id
    }

    /// The router is asked now.
    public mutating func ask() -> Question {
        asked += 1
        isWaiting = true
        createdMeanwhile = nil
        deletedMeanwhile = []
        return Question(number: asked)
    }

    /// The router answered. Returns false for the answer to an older question.
    public mutating func answered(_ ids: [UInt64], to question: Question) -> Bool {
        guard isWaiting, question.number == asked else { return false }
        isWaiting = false
        subscription = createdMeanwhile ?? ids.first { !deletedMeanwhile.contains($0) }
        return true
    }

    /// The session is over: ids mean nothing any more.
    public mutating func sessionLost() {
        subscription = nil
        isWaiting = false
        asked += 1
    }
}
