extension WallTime {
    /// The instant so much later, or earlier for a negative duration. What would leave the range stays at its end.
    public func advanced(by duration: Duration) -> WallTime {
        let (whole, attoseconds) = duration.components
        // |attoseconds| < 10^18, so the sum lies between -1 and 2 seconds.
        let nanos = Int64(nanoseconds) + attoseconds / 1_000_000_000
        let carry: Int64 = nanos < 0 ? -1 : nanos / 1_000_000_000
        let (first, firstOverflow) = seconds.addingReportingOverflow(whole)
        let (second, secondOverflow) = first.addingReportingOverflow(carry)
        guard !firstOverflow, !secondOverflow else {
            return whole < 0 ? WallTime(seconds: .min) : WallTime(seconds: .max, nanoseconds: 999_999_999)
        }
        return WallTime(seconds: second, nanoseconds: Int32(truncatingIfNeeded: nanos - carry * 1_000_000_000))
    }

    /// From this instant to the other; negative when the other is earlier. Saturates like ``advanced(by:)``.
    public func duration(to other: WallTime) -> Duration {
        let (difference, overflow) = other.seconds.subtractingReportingOverflow(seconds)
        guard !overflow else { return .seconds(seconds < other.seconds ? Int64.max : Int64.min) }
        return .seconds(difference) + .nanoseconds(Int64(other.nanoseconds) - Int64(nanoseconds))
    }
}
