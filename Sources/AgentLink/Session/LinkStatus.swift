public import AgentCore
import AsyncSupport
import Synchronization
import Values
import WAMP
import WAMPClient

/// What the link is doing, for those who look at a running agent. Written by the link only.
final class LinkStatus: Sendable {
    enum Phase: Sendable {
        case stopped
        case connecting
        case joined(session: UInt64)
        case waiting(until: Duration, isRefused: Bool)
    }

    private struct State {
        var phase = Phase.stopped
        var since: Duration?
        /// Attempts since the last session.
        var attempts = 0
        var sessions = 0
        var reason: String?
    }

    private let state = Mutex(State())

    func enter(_ phase: Phase, reason: String? = nil, now: Duration) {
        state.withLock { state in
            state.phase = phase
            state.since = now
            switch phase {
            case .connecting: state.attempts += 1
            case .joined:
                state.attempts = 0
                state.sessions += 1
                state.reason = nil
            case .waiting: state.reason = reason
            case .stopped: break
            }
        }
    }

    func value(now: Duration) -> Value {
        let state = state.withLock { $0 }
        var object: Object = [
            "state": "stopped", "seconds": state.since.map { .seconds(now - $0) } ?? .null,
            "attempts": .count(state.attempts), "sessions": .count(state.sessions),
            "retry_in_seconds": .null, "reason": state.reason.map(Value.string) ?? .null,
        ]
        switch state.phase {
        case .stopped: break
        case .connecting: object["state"] = "connecting"
        case .joined(let session):
            object["state"] = "joined"
            object["session"] = .integer(session)
        case .waiting(let time, let isRefused):
            object["state"] = isRefused ? "refused" : "waiting"
            object["retry_in_seconds"] = .remaining(until: time, now: now)
        }
        return .object(object)
    }
}

extension DeviceLink {
    /// The state of the connection, and what its session holds.
    public var diagnostics: [DiagnosticsSource] {
        [
            .value("link") { [status, time = services.time] in status.value(now: time.monotonic) },
            .value("session") { [backend = services.backend] in await backend.statistics.map(Value.init) ?? .null },
        ]
    }
}

extension Value {
    fileprivate init(_ statistics: SessionStatistics) {
        self = [
            "waiters": .count(statistics.waiters), "deadlines": .count(statistics.deadlines),
            "registrations": .count(statistics.registrations), "subscriptions": .count(statistics.subscriptions),
            "waiting_invocations": .count(statistics.waitingInvocations),
            "running_invocations": .count(statistics.runningInvocations),
            "waiting_events": .count(statistics.waitingEvents), "dropped_events": .integer(statistics.droppedEvents),
            "waiting_writers": .count(statistics.writersWaiting),
        ]
    }
}
