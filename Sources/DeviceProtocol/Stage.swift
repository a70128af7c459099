/// The two independent lives of an app on a device (app-lifecycle.md 1.1).
public enum Stage: String, Sendable, Hashable, CaseIterable {
    case dev = "DEV"
    case prod = "PROD"

    /// Lower case, as in container and directory names.
    public var lowercased: String { rawValue.lowercased() }
}
