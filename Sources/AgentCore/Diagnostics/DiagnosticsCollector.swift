public import AsyncSupport
import Synchronization
public import Values

/// Asks the parts of the agent what they are doing, and never waits for one that does not answer.
///
/// A part is asked at most once at a time: who comes while a question is open waits for the same answer, so that a part
/// that hangs costs one task however often it is asked for.
public actor DiagnosticsCollector {
    /// How long a part may take; then it is shown as ``busy``.
    public static let limit: Duration = .seconds(1)
    /// Stands for a part that did not answer in time.
    public static let busy: Value = "busy"

    private final class Question: Sendable {
        let source: DiagnosticsSource
        let done = Gate()
        let reading = Mutex<DiagnosticsSource.Reading?>(nil)

        init(_ source: DiagnosticsSource) { self.source = source }
    }

    private let sources: [DiagnosticsSource]
    private let time: any TimeSource
    private let newQuestions: AsyncStream<(path: String, question: Question)>
    private let addQuestion: AsyncStream<(path: String, question: Question)>.Continuation
    private var open: [String: Question] = [:]

    public init(sources: [DiagnosticsSource], time: any TimeSource) {
        self.sources = sources
        self.time = time
        (newQuestions, addQuestion) = AsyncStream.makeStream()
    }

    /// Carries the questions out until it is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for await (path, question) in newQuestions {
                group.addTask {
                    let reading = await question.source.read()
                    question.reading.withLock { $0 = reading }
                    await self.close(path)
                    await question.done.open()
                }
            }
            group.cancelAll()
        }
    }

    /// All parts as they are now, in the order of the sources.
    public func snapshot() async -> Object { await snapshot(of: sources, below: "") }

    private func close(_ path: String) { open[path] = nil }

    private nonisolated func snapshot(of sources: [DiagnosticsSource], below path: String) async -> Object {
        await withTaskGroup(of: (Int, Value).self) { group in
            for (index, source) in sources.enumerated() {
                group.addTask { (index, await self.value(of: source, below: path)) }
            }
            var values = [Value](repeating: Self.busy, count: sources.count)
            for await (index, value) in group { values[index] = value }
            return Object(zip(sources.map(\.name), values))
        }
    }

    private nonisolated func value(of source: DiagnosticsSource, below parent: String) async -> Value {
        let path = parent + "/" + source.name
        let question = await question(source, path)
        try? await withDeadline(Self.limit, on: time) { try await question.done.wait() }
        switch question.reading.withLock({ $0 }) {
        case .value(let value)?: return value
        case .parts(let parts)?: return .object(await snapshot(of: parts, below: path))
        case nil: return Self.busy
        }
    }

    private func question(_ source: DiagnosticsSource, _ path: String) -> Question {
        if let question = open[path] { return question }
        let question = Question(source)
        open[path] = question
        addQuestion.yield((path, question))
        return question
    }
}
