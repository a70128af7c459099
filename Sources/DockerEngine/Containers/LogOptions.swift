public import AsyncSupport
public import Values

/// Which part of a log is read, and how (1.3.5).
public struct LogOptions: Sendable, Equatable {
    public var stdout = true
    public var stderr = true
    public var follow = false
    /// Newest records to begin with; nil means all.
    public var tail: UInt64?
    public var since: WallTime?
    public var until: WallTime?
    public var timestamps = false

    public init(
        follow: Bool = false, tail: UInt64? = nil, since: WallTime? = nil, until: WallTime? = nil,
        timestamps: Bool = false
    ) {
        self.follow = follow
        self.tail = tail
        self.since = since
        self.until = until
        self.timestamps = timestamps
    }

    /// Reads options as a peer sends them: `tail` as text or number of any kind (C3), `follow`, `timestamps`, and
    /// bounds in RFC 3339. What has a senseless type is ignored, the read is not refused (C4).
    public init(_ options: Object) {
        self.init(
            follow: options["follow"]?.bool ?? false,
            tail: options["tail"].flatMap(LenientInteger.unsigned),
            since: (options["since"]?.string).flatMap(WallTime.init(rfc3339:)),
            until: (options["until"]?.string).flatMap(WallTime.init(rfc3339:)),
            timestamps: options["timestamps"]?.bool ?? false)
    }

    /// The engine's query. Bounds go as Unix seconds with fraction: it refuses RFC 3339 (C-37).
    var query: [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if stdout { query.append(("stdout", "1")) }
        if stderr { query.append(("stderr", "1")) }
        if follow { query.append(("follow", "1")) }
        query.append(("tail", tail.map { "\($0)" } ?? "all"))
        if let since { query.append(("since", since.unixSeconds)) }
        if let until { query.append(("until", until.unixSeconds)) }
        if timestamps { query.append(("timestamps", "1")) }
        return query
    }
}

extension WallTime {
    /// `1785834000.000000007`.
    var unixSeconds: String {
        let digits = "\(nanoseconds)"
        return "\(seconds).\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits)"
    }
}
