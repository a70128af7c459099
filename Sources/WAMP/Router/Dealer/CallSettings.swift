import Values

/// The options of CALL that the dealer acts on (wamp-protocol.md 8.2). Callers are disclosed in any case.
struct CallSettings: Sendable {
    /// More than a year is a year: far beyond any call, and within the reach of any clock.
    private static let longestTimeout: UInt64 = 365 * 86_400_000

    var receivesProgress = false
    var isProgressive = false
    /// Milliseconds; 0 means none.
    var timeout: UInt64 = 0

    /// - Throws: `protocolViolation` for a known key of a wrong type.
    init(_ options: Object) throws(WAMPError) {
        guard !options.isEmpty else { return }
        let reader = RequestOptions("CALL", options)
        receivesProgress = try reader.flag("receive_progress") ?? false
        isProgressive = try reader.flag("progress") ?? false
        timeout = min(try reader.number("timeout") ?? 0, Self.longestTimeout)
        _ = try reader.flag("disclose_me")
    }
}
