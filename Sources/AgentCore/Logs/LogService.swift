public import AsyncSupport
import DeviceProtocol

/// Logs of all apps: followers of containers, history, and what viewers get (containers-logs-terminal.md 3).
///
/// ``run()`` owns every task of it. The link tells it about the session and about subscriptions; it has subscribed the
/// meta topics before it says that the session is there (C-20).
public actor LogService {
    /// Most bytes published in one flush interval by all apps together.
    public static let deviceFlushLimit = 1 << 20
    /// Most names that are remembered only because somebody subscribed to them.
    static let placeholderLimit = 256
    /// How long after a line of a quiet device the history is stored.
    static let storeInterval: Duration = .seconds(3)
    /// Least time between two times of storing: an app that talks all day must not wear out the device's flash memory.
    /// What is lost with the process is read again from the engine while the container lives.
    static let steadyStoreInterval: Duration = .seconds(30)
    static let matchRetry: Duration = .seconds(1)
    static let parallelMatches = 8

    enum Command: Sendable {
        case follow(LogFollower)
        case match(LogRecord, session: UInt64)
        /// After a question that got no answer.
        case matchLater(LogRecord, session: UInt64)
    }

    let context: any DeviceContextSource
    let feed: any EngineFeed
    let store: any LogStore
    let time: any TimeSource
    let flushes = WakeSignal()
    let stores = WakeSignal()
    nonisolated let commands: AsyncStream<Command>
    private nonisolated let continuation: AsyncStream<Command>.Continuation
    private var records: [String: LogRecord] = [:]
    private var followers: [String: LogFollower] = [:]
    private var unstored: Set<String> = []
    /// Prefix and wildcard subscriptions that can cover our topics.
    private var patterns: Set<UInt64> = []
    private var audience: (any Audience)?
    private(set) var session: UInt64 = 0

    public init(
        context: any DeviceContextSource, feed: any EngineFeed, store: any LogStore, time: any TimeSource
    ) {
        self.context = context
        self.feed = feed
        self.store = store
        self.time = time
        (commands, continuation) = AsyncStream.makeStream(of: Command.self)
    }

    // MARK: - Records

    func record(_ name: String) -> LogRecord {
        if let record = records[name] { return record }
        let record = LogRecord(name: name, context: context, time: time, audience: audience)
        records[name] = record
        return record
    }

    /// The record of a name that is used from now on. The router is asked once who listens.
    private func usedRecord(_ name: String) async -> LogRecord {
        let record = record(name)
        if await record.use(), audience != nil { continuation.yield(.match(record, session: session)) }
        return record
    }

    func knownRecord(_ name: String) async -> LogRecord? {
        guard let record = records[name], await record.isKnown else { return nil }
        return record
    }

    func allRecords() -> [LogRecord] { Array(records.values) }

    // MARK: - Storing

    func markUnstored(_ name: String) async {
        if unstored.insert(name).inserted { await stores.wake() }
    }

    func takeUnstored() -> Set<String> {
        defer { unstored = [] }
        return unstored
    }

    func takeUnstored(_ name: String) -> Bool { unstored.remove(name) != nil }

    // MARK: - Followers

    /// Called by a follower that has nothing to read any more; false: a new request came, go on.
    func finished(_ follower: LogFollower) async -> Bool {
        guard followers[follower.record.name] === follower else { return true }
        if await follower.takeRequest() { return false }
        followers[follower.record.name] = nil
        return true
    }
}

// MARK: - AppLogs

extension LogService: AppLogs {
    public func write(_ line: String, to log: String) async {
        // An unknown name gets the line published, not kept: no record is made for it.
        let known = await knownRecord(log)
        await (known ?? record(log)).write(line)
        if known != nil { await markUnstored(log) } else { await dropIfUnused(log) }
    }

    public func append(_ line: String, to log: String) async {
        let record = await usedRecord(log)
        await record.append(line)
        if await record.wantsFlush { await flushes.wake() }
        await markUnstored(log)
    }

    public func clear(_ log: String) async {
        await usedRecord(log).clear()
        await markUnstored(log)
    }

    public func clearViewers(of log: String) async {
        await record(log).clearViewers()
        await dropIfUnused(log)
    }

    public func follow(container: String, as log: String) async {
        let record = await usedRecord(log)
        if let follower = followers[log], follower.container == container {
            await follower.request()
            return
        }
        await followers[log]?.stop()
        let follower = LogFollower(container: container, record: record)
        followers[log] = follower
        continuation.yield(.follow(follower))
    }

    public func forget(_ log: String) async {
        unstored.remove(log)
        await followers.removeValue(forKey: log)?.stop()
        await records[log]?.reset()
        await dropIfUnused(log)
    }

    /// Drops a record that neither a source nor a viewer needs.
    private func dropIfUnused(_ log: String) async {
        guard let record = records[log] else { return }
        let (isKnown, isOpen) = await (record.isKnown, record.isOpen)
        if !isKnown, !isOpen { records[log] = nil }
    }
}

// MARK: - Session and subscriptions

extension LogService {
    /// A session stands and the meta topics are subscribed: asks for every known name who listens (C-19, C-20).
    public func sessionEstablished(_ audience: any Audience) async {
        session += 1
        self.audience = audience
        patterns = []
        for record in allRecords() { await record.sessionEstablished(audience) }
        await matchAll()
    }

    /// The session is gone: lines are kept for those who listen when it is back.
    public func sessionLost() async {
        session += 1
        audience = nil
        for (name, record) in records {
            await record.sessionLost()
            await dropIfUnused(name)
        }
    }

    /// A subscription appeared: opens the gate of its name, or asks again when it is a pattern (C-71).
    public func subscriptionCreated(_ event: SubscriptionEvent) async {
        let serial = context.context.serialNumber
        guard audience != nil, event.canCover(topicsBelow: Topics.log("", serial: serial)) else { return }
        guard event.match == .exact else {
            patterns.insert(event.id)
            for record in allRecords() {
                await record.expectAnswer()
                continuation.yield(.match(record, session: session))
            }
            return
        }
        guard let name = Topics.logName(of: event.uri, serial: serial) else { return }
        guard records[name] != nil || records.count < Self.placeholderLimit else { return }
        await record(name).created(event.id)
        await flushes.wake()
    }

    /// A subscription went away: asks again for the names that it kept open.
    public func subscriptionDeleted(_ id: UInt64) async {
        let wasPattern = patterns.remove(id) != nil
        for record in allRecords() {
            let matters = await record.deleted(id)
            if matters || wasPattern { continuation.yield(.match(record, session: session)) }
        }
    }

    private func matchAll() async {
        let session = session
        var rest = allRecords()[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.parallelMatches)
            rest = rest.dropFirst(batch.count)
            await withDiscardingTaskGroup { group in
                for record in batch { group.addTask { await self.match(record, session: session) } }
            }
        }
    }

    /// Asks for one name; an answer that does not come is asked for again later, the others are not held up (C-54).
    func match(_ record: LogRecord, session: UInt64) async {
        guard session == self.session else { return }
        do {
            try await record.match()
            if await record.wantsFlush { await flushes.wake() }
            await dropIfUnused(record.name)
        } catch {
            continuation.yield(.matchLater(record, session: session))
        }
    }
}
