public import AsyncSupport

/// How far the log of a container was read, so that a follower that attaches again continues without a gap and without
/// duplicates.
///
/// The engine orders a log by when lines came and finds a place in it by stamps of the device's clock, so a clock that was
/// set back makes the two disagree: old engines then hide every line that is stamped before `since`. In that case the
/// newest lines are read, whatever their stamps are, and what was seen of them is left out.
public struct LogPosition: Sendable, Equatable {
    /// How many stamps of seen lines are remembered, and how many lines are read when stamps cannot be trusted.
    static let windowSize = 1000
    /// Two streams of one container may be stamped out of order by a little.
    private static let tolerance: Duration = .seconds(1)

    /// A stamp, and how many seen lines in a row carry it.
    private struct Seen: Sendable, Equatable {
        var time: WallTime
        var count: Int
    }

    /// The newest at the end.
    private var seen: [Seen] = []
    private var highest: WallTime?
    /// Lines that come again, by their stamps.
    private var repeated: [WallTime: Int] = [:]

    public init() {}

    /// What to read when a follower attaches. The first time only as much as the ring holds (C-57), later everything since
    /// the last line seen.
    public mutating func attach(now: WallTime) -> LogQuery {
        guard let last = seen.last?.time, let highest else {
            return LogQuery(tail: LogRing.capacity, follow: true)
        }
        let isClockTrusted = last <= now && last.duration(to: highest) <= Self.tolerance
        repeated = [:]
        for entry in seen where !isClockTrusted || entry.time >= last {
            repeated[entry.time, default: 0] += entry.count
        }
        return isClockTrusted
            ? LogQuery(since: last, follow: true) : LogQuery(tail: Self.windowSize, follow: true)
    }

    /// Whether a line is new. The engine's `since` includes its own instant.
    public mutating func accept(_ line: ContainerLogLine) -> Bool {
        guard let time = line.time else { return true }
        if let count = repeated[time] {
            repeated[time] = count > 1 ? count - 1 : nil
            return false
        }
        if seen.last?.time == time {
            seen[seen.count - 1].count += 1
        } else {
            // Not one by one: a busy log would move a thousand entries for every line.
            if seen.count >= 2 * Self.windowSize { seen.removeFirst(Self.windowSize) }
            seen.append(Seen(time: time, count: 1))
        }
        highest = max(highest ?? time, time)
        return true
    }
}
