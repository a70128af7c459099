import AsyncSupport

extension LogService {
    /// Follows, flushes and stores until the task is cancelled; then stores once more what changed.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.flushContinuously() }
            group.addTask { await self.storeContinuously() }
            for await command in commands {
                switch command {
                case .follow(let follower):
                    group.addTask { await follower.untilStopped { await self.follow(follower) } }
                case .match(let record, let session):
                    group.addTask { await self.match(record, session: session) }
                case .matchLater(let record, let session):
                    group.addTask { await self.matchLater(record, session: session) }
                }
            }
            group.cancelAll()
        }
    }

    private nonisolated func matchLater(_ record: LogRecord, session: UInt64) async {
        guard (try? await time.sleep(for: Self.matchRetry)) != nil else { return }
        await match(record, session: session)
    }

    // MARK: - Flushing

    private nonisolated func flushContinuously() async {
        while (try? await flushes.next()) != nil, (try? await time.sleep(for: LogBatcher.interval)) != nil {
            await flushAll()
        }
    }

    /// One message per name at most, within the budget of the device; what does not fit waits for the next round.
    private nonisolated func flushAll() async {
        var budget = Self.deviceFlushLimit
        var isUnfinished = false
        for record in await allRecords().shuffled() {
            budget -= await record.flush(limit: budget)
            if await record.wantsFlush { isUnfinished = true }
        }
        if isUnfinished { await flushes.wake() }
    }

    // MARK: - Storing

    /// One queue for clearing and storing: what is written is always what the ring holds now (C-56).
    private nonisolated func storeContinuously() async {
        var next = time.monotonic
        while (try? await stores.next()) != nil {
            let now = time.monotonic
            guard (try? await time.sleep(for: max(Self.storeInterval, next - now))) != nil else { break }
            await storeChanged()
            next = time.monotonic + Self.steadyStoreInterval
        }
        await storeChanged()
    }

    private nonisolated func storeChanged() async {
        for name in await takeUnstored() { await storeNow(name) }
    }

    /// Publishing has its own name and stays out of the app's history (C-59). A store that fails is tried again with the
    /// next line: history is best effort.
    private nonisolated func storeNow(_ name: String) async {
        guard let log = LogName(name), !log.isPublishing, let record = await knownRecord(name) else { return }
        try? await store.storeLog(await record.lines, of: log.id, name: log.appName)
    }

    // MARK: - Following

    /// Reads until the container has ended and nobody asks for it again.
    private nonisolated func follow(_ follower: LogFollower) async {
        var backoff = Backoff(policy: .init(initial: .seconds(1), maximum: .seconds(30)))
        var said: EngineError?
        while !Task.isCancelled {
            let outcome = await read(follower)
            switch outcome {
            case .progress:
                backoff.reset()
                await endOfStream(follower)
                guard (try? await time.sleep(for: .seconds(1))) != nil else { return }
            case .broken(let failure, let hasProgress):
                if hasProgress { backoff.reset() }
                if let failure, failure != said { await say(failure, to: follower.record) }
                said = failure
                guard (try? await time.sleep(for: backoff.next())) != nil else { return }
            case .ended:
                await endOfStream(follower)
                if await finished(follower) { return }
            }
        }
    }

    /// An engine that is away is told elsewhere, once for all; a log that it does not give is told to its viewers.
    private nonisolated func say(_ failure: EngineError, to record: LogRecord) async {
        guard !failure.isRetryable else { return }
        await record.write(AgentLines.logUnreadable(failure))
    }

    private enum Outcome {
        /// Lines came: the stream may have ended with the container or with the engine, so look again.
        case progress
        /// The container may still run, but the engine does not answer, or not what it should.
        case broken(EngineError?, hasProgress: Bool)
        /// Nothing new: the container is down or gone.
        case ended
    }

    private nonisolated func read(_ follower: LogFollower) async -> Outcome {
        let progress = AtomicFlag()
        var failure: EngineError?
        do throws(EngineError) {
            try await feed.readLogs(of: follower.container, await follower.record.attach()) { line in
                guard await follower.record.append(line) else { return }
                progress.set()
                if await follower.record.wantsFlush { await self.flushes.wake() }
                await self.markUnstored(follower.record.name)
            }
        } catch {
            failure = error
        }
        if progress.isSet, failure == nil { return .progress }
        guard await mayGoOn(follower.container, after: failure) else { return .ended }
        return .broken(failure, hasProgress: progress.isSet)
    }

    /// A stream that ends, in order or not, is the end of the log only if the container does not run: an engine that was
    /// restarted ends streams of containers that it keeps running.
    private nonisolated func mayGoOn(_ container: String, after failure: EngineError?) async -> Bool {
        switch failure?.code {
        case .containerNotFound, .logsNotReadable, .canceled: return false
        case nil: break
        default: return true
        }
        do throws(EngineError) { return try await feed.isRunning(container) } catch { return error.code != .canceled }
    }

    /// The final flush, the ring stored; a container that died before a line was seen still shows its last words (3.8).
    private nonisolated func endOfStream(_ follower: LogFollower) async {
        let record = follower.record
        if await !record.hasContainerLine {
            for line in await lastLines(of: follower.container) {
                await record.append(line)
                await markUnstored(record.name)
            }
        }
        while await record.wantsFlush, await record.flush() > 0 {}
        if await takeUnstored(record.name) { await storeNow(record.name) }
    }
}
