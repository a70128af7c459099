public import AsyncSupport

/// How far the log of a container was read, so that a follower that attaches again continues without a gap and without
/// duplicates.
public struct LogPosition: Sendable, Equatable {
    private var last: WallTime?
    /// Lines already seen that carry exactly the last stamp.
    private var seenAtLast = 0
    private var toSkip = 0

    public init() {}

    /// What to read when a follower attaches. The first time only as much as the ring holds (C-57), later everything since
    /// the last line seen; a clock that went back would hide all lines, so then the tail is read.
    public mutating func attach(now: WallTime) -> LogQuery {
        guard let last, last <= now else {
            self = LogPosition()
            return LogQuery(tail: LogRing.capacity, follow: true)
        }
        toSkip = seenAtLast
        return LogQuery(since: last, follow: true)
    }

    /// Whether a line is new. The engine's `since` includes its own instant.
    public mutating func accept(_ line: ContainerLogLine) -> Bool {
        guard let time = line.time else { return true }
        if time == last {
            guard toSkip == 0 else {
                toSkip -= 1
                return false
            }
            seenAtLast += 1
        } else if last.map({ $0 < time }) ?? true {
            last = time
            seenAtLast = 1
            toSkip = 0
        }
        return true
    }
}
