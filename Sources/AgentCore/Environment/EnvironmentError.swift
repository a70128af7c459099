/// Why an app's environment cannot be built. It makes that app FAILED and nothing else (P15).
public struct EnvironmentError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// `environment` is no dictionary.
        case notADictionary
        /// An entry is not of the form `{ "value": … }`.
        case malformedEntry
    }

    public var code: Code
    /// The variable, or the key of the payload.
    public var name: String

    public init(_ code: Code, name: String) {
        self.code = code
        self.name = name
    }

    public var description: String {
        switch code {
        case .notADictionary: "\(name) is not a dictionary"
        case .malformedEntry: "environment variable \(name) has no readable value"
        }
    }
}
