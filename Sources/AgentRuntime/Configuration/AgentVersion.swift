/// The version of this program.
public enum AgentVersion {
    /// Three parts: with four, or fewer, the semantic comparison of the field's agents could never leave it
    /// (system.md 3.3).
    public static let current = "1.0.0"
}
