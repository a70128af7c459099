import AgentCore
import AsyncSupport
import Values

/// The state of the whole agent, as `/debug/vars` shows it.
struct AgentDiagnostics: Sendable {
    private let collector: DiagnosticsCollector
    private let redactor: Redactor

    /// - Parameter parts: the owners, in the order in which they are shown.
    init(log: AgentLog, time: any TimeSource, parts: [DiagnosticsSource]) {
        let started = time.monotonic
        let ours: [DiagnosticsSource] = [
            .value("version") { .string(AgentVersion.current) },
            .value("uptime_seconds") { .seconds(time.monotonic - started) },
            .value("process") { ProcessFacts.facts() },
            .value("log_file") { ["waiting_lines": .count(log.waiting), "dropped_lines": .integer(log.dropped)] },
        ]
        collector = DiagnosticsCollector(sources: ours + parts, time: time)
        redactor = log.redactor
    }

    /// Carries the questions out until it is cancelled.
    func run() async { await collector.run() }

    /// Everything, without secrets: a router's sentence might repeat one (system.md 8.4).
    func snapshot() async -> Object { redacted(await collector.snapshot()) }

    private func redacted(_ object: Object) -> Object {
        Object(object.map { (redactor.redact($0.key), redacted($0.value)) })
    }

    private func redacted(_ value: Value) -> Value {
        switch value {
        case .string(let text): .string(redactor.redact(text))
        case .array(let values): .array(values.map(redacted))
        case .object(let object): .object(redacted(object))
        default: value
        }
    }
}
