import AsyncSupport

extension WallTime {
    /// `2026-11-24T02:57:44.389Z`, the resolution of Crossbar's time stamps (wamp-protocol.md 9).
    var rfc3339Milliseconds: String {
        let digits = rfc3339UTC(fraction: true)
        // Nine digits and Z at the end.
        return digits.count < 7 ? digits : digits.dropLast(7) + "Z"
    }
}
