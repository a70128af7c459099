public import Values

/// A part of the agent that can say what it is doing, for `-profiling` (system.md 1.2). Reading changes nothing, and what
/// is read holds no secret.
public struct DiagnosticsSource: Sendable {
    /// What a part says.
    public enum Reading: Sendable {
        case value(Value)
        /// Several owners; each is asked by itself, so that a busy one hides no other.
        case parts([DiagnosticsSource])
    }

    /// The key in the object of the whole.
    public let name: String
    let read: @Sendable () async -> Reading

    public init(_ name: String, read: @escaping @Sendable () async -> Reading) {
        self.name = name
        self.read = read
    }

    /// A part with one owner.
    public static func value(_ name: String, _ read: @escaping @Sendable () async -> Value) -> DiagnosticsSource {
        DiagnosticsSource(name) { .value(await read()) }
    }
}

extension Value {
    /// A length of time in seconds, to the millisecond.
    public static func seconds(_ duration: Duration) -> Value {
        .double((duration / .milliseconds(1)).rounded() / 1000)
    }

    /// How long something is still to come; zero when it is due.
    public static func remaining(until time: Duration, now: Duration) -> Value { .seconds(max(time - now, .zero)) }

    /// A count.
    public static func count(_ number: Int) -> Value { .int(Int64(number)) }
}
