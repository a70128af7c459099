/// A payload that has another shape than the protocol says; names the key at fault.
public struct PayloadError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// A mandatory key is absent or null.
        case missing
        /// The value has a type or content that the key does not take.
        case malformed
    }

    public var code: Code
    public var field: String

    public init(_ code: Code, field: String) {
        self.code = code
        self.field = field
    }

    public var description: String {
        switch code {
        case .missing: "\(field) is missing"
        // The text that callers know from the reference.
        case .malformed: "failed to parse \(field)"
        }
    }
}
