/// Draws identifiers uniformly from 1…2^53 (wamp-protocol.md 2.1).
///
/// They need to be spread, not secret: a mixed counter from a random start costs no system call for each event.
struct IdentifierSource: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return WAMPID.spread(word ^ (word >> 31))
    }
}

extension WAMPID {
    /// A number of 1…2^53 for any word.
    static func spread(_ word: UInt64) -> UInt64 { (word >> 11) + 1 }

    /// A session number, uniformly random over the whole range. Draw again when it is in use.
    public static func random(using generator: inout some RandomNumberGenerator) -> UInt64 {
        spread(generator.next())
    }
}
