public import AgentCore
import Synchronization

/// Keeps what was written to app logs.
public final class RecordingLogs: AppLogs {
    private struct State {
        var lines: [String: [String]] = [:]
        var followed: [String] = []
        var forgotten: [String] = []
        var cleared = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Every line of a log, agent lines and progress, cleared or not.
    public func lines(of log: String) -> [String] { state.withLock { $0.lines[log] ?? [] } }

    /// Containers that were followed, in order.
    public var followed: [String] { state.withLock { $0.followed } }

    public var forgotten: [String] { state.withLock { $0.forgotten } }

    public func write(_ line: String, to log: String) async {
        state.withLock { $0.lines[log, default: []].append(line) }
    }

    public func append(_ line: String, to log: String) async { await write(line, to: log) }

    public func clear(_ log: String) async { state.withLock { $0.cleared += 1 } }

    public func clearViewers(of log: String) async { await write("LOGGER_CLEAR", to: log) }

    public func follow(container: String, as log: String) async { state.withLock { $0.followed.append(container) } }

    public func forget(_ log: String) async { state.withLock { $0.forgotten.append(log) } }
}
