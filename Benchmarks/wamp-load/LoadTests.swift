import NIOCore
import NIOPosix

/// The measurements of wamp-conformance.md 5, on one event loop.
struct LoadTests: Sendable {
    let account: LoadAccount
    let loop: any EventLoop
    /// Multiplies the counts; 1 for figures that are kept.
    var scale = 1.0
    /// Events between two acknowledged ones.
    var window = 100

    private func scaled(_ count: Int) -> Int { max(Int(Double(count) * scale), 1) }

    // MARK: - Calls

    /// 300 calls to warm up, then `count` calls.
    func calls(_ count: Int, inFlight: Int) async throws -> [(String, Double)] {
        let callee = try await LoadConnection.open(account, on: loop)
        let caller = try await LoadConnection.open(account, on: loop)
        defer {
            callee.close()
            caller.close()
        }
        try await callee.becomeCallee()
        _ = try await caller.call(300, inFlight: inFlight)
        let began = NIODeadline.now()
        let latencies = try await caller.call(scaled(count), inFlight: inFlight).sorted()
        let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        let percentile: (Double) -> Double = { share in
            Double(latencies[min(Int(Double(latencies.count) * share), latencies.count - 1)]) / 1000
        }
        return [
            ("rate", Double(latencies.count) / seconds), ("p50_us", percentile(0.5)), ("p90_us", percentile(0.9)),
            ("p99_us", percentile(0.99)), ("max_us", percentile(1)),
        ]
    }

    // MARK: - Events

    /// `count` publications to so many subscribers.
    func events(_ count: Int, subscribers: Int) async throws -> [(String, Double)] {
        let publisher = try await LoadConnection.open(account, on: loop)
        var receivers: [LoadConnection] = []
        defer { for connection in receivers + [publisher] { connection.close() } }
        for _ in 0..<subscribers {
            let receiver = try await LoadConnection.open(account, on: loop)
            try await receiver.becomeSubscriber()
            receivers.append(receiver)
        }
        try await publisher.publish(300, window: window)
        var before = try await settled(receivers, expected: 300 * subscribers).count
        let expected = scaled(count) * subscribers
        let began = NIODeadline.now()
        try await publisher.publish(scaled(count), window: window)
        let end = try await settled(receivers, expected: before + expected)
        before = end.count - before
        let seconds = Double(((end.last ?? .now()) - began).nanoseconds) / 1e9
        return [("rate", Double(before) / seconds), ("lost", Double(expected - before))]
    }

    /// Waits until so many events came in all, or until none has come for 2 s.
    private func settled(
        _ receivers: [LoadConnection], expected: Int
    ) async throws -> (count: Int, last: NIODeadline?) {
        var quietSince = NIODeadline.now()
        var seen = -1
        while true {
            var count = 0
            var last: NIODeadline?
            for receiver in receivers {
                let events = await receiver.events
                count += events.count
                last = [last, events.last].compactMap { $0 }.max()
            }
            if count >= expected { return (count, last) }
            if count != seen { (seen, quietSince) = (count, .now()) }
            if NIODeadline.now() - quietSince > .seconds(2) { return (count, last) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: - Memory

    /// Growth of the anonymous memory of the router's processes per idle session.
    func memory(sessions count: Int, processes: [Int]) async throws -> [(String, Double)] {
        let sessions = scaled(count)
        // The first sessions pay for what is made once.
        var idle = try await open(20)
        try await Task.sleep(for: .seconds(2))
        let before = try RouterMemory.anonymous(of: processes)
        while idle.count < sessions + 20 { idle += try await open(min(20, sessions + 20 - idle.count)) }
        try await Task.sleep(for: .seconds(3))
        let after = try RouterMemory.anonymous(of: processes)
        for connection in idle { connection.close() }
        return [
            ("kib_per_session", Double(after - before) / Double(sessions)), ("before_kib", Double(before)),
            ("after_kib", Double(after)), ("sessions", Double(sessions)),
        ]
    }

    private func open(_ count: Int) async throws -> [LoadConnection] {
        try await withThrowingTaskGroup(of: LoadConnection.self) { group in
            for _ in 0..<count { group.addTask { try await LoadConnection.open(account, on: loop) } }
            var opened: [LoadConnection] = []
            for try await connection in group { opened.append(connection) }
            return opened
        }
    }
}
