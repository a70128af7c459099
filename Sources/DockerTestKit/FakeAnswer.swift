/// What the fake engine does with one request: a head, then steps of the body, with faults between them.
public struct FakeAnswer: Sendable {
    public enum Step: Sendable {
        /// A piece of the body.
        case bytes([UInt8])
        /// Nothing for this long.
        case pause(Duration)
        /// Nothing any more; the connection stays open.
        case hang
        /// Closes the connection without ending the answer.
        case cut
    }

    public var status: UInt
    public var headers: [(name: String, value: String)]
    public var steps: [Step]
    /// False sends nothing at all before the steps.
    public var hasHead: Bool

    public init(
        status: UInt = 200, headers: [(name: String, value: String)] = [], steps: [Step] = [], hasHead: Bool = true
    ) {
        self.status = status
        self.headers = headers
        self.steps = steps
        self.hasHead = hasHead
    }

    /// A complete answer with a JSON document.
    public static func json(_ text: String, status: UInt = 200) -> FakeAnswer {
        FakeAnswer(
            status: status, headers: [("Content-Type", "application/json")], steps: [.bytes(Array(text.utf8))])
    }

    /// A complete answer of plain text.
    public static func text(_ text: String, status: UInt = 200) -> FakeAnswer {
        FakeAnswer(status: status, headers: [("Content-Type", "text/plain")], steps: [.bytes(Array(text.utf8))])
    }

    /// The engine's form of an error.
    public static func error(_ status: UInt, _ message: String) -> FakeAnswer {
        .json(#"{"message":"\#(message.replacingQuotes)"}"#, status: status)
    }

    /// A complete answer without body.
    public static func empty(status: UInt = 204) -> FakeAnswer { FakeAnswer(status: status) }

    /// A stream of pieces that ends in order.
    public static func stream(_ pieces: [String], contentType: String? = nil) -> FakeAnswer {
        FakeAnswer(
            headers: contentType.map { [("Content-Type", $0)] } ?? [],
            steps: pieces.map { .bytes(Array($0.utf8)) })
    }

    /// Takes the request and never answers.
    public static let silence = FakeAnswer(steps: [.hang], hasHead: false)

    /// Closes the connection instead of an answer.
    public static let hangUp = FakeAnswer(steps: [.cut], hasHead: false)

    /// The same answer with further steps behind it.
    public func then(_ more: Step...) -> FakeAnswer {
        var answer = self
        answer.steps += more
        return answer
    }
}

extension String {
    fileprivate var replacingQuotes: String {
        reduce(into: "") { $0 += $1 == "\"" ? "\\\"" : String($1) }
    }
}
