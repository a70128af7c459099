internal import AsyncSupport
internal import Logging
internal import Values

/// The two shapes of a line: JSON in the file (containers-logs-terminal.md 3.13) and readable text on the console.
/// Every text goes through the redactor first.
struct LogFormat: Sendable {
    /// Longer texts are cut: whoever reads the file takes at most 1 MiB of a line (3.14).
    static let longestText = 256 << 10

    let redactor: Redactor

    /// Keys in order: level, context fields, error, caller, time, message. With its line feed; nil when the record
    /// cannot be JSON.
    func json(_ record: LogRecord) -> [UInt8]? {
        var members: Object = ["level": .string(Self.name(of: record.level))]
        for (key, value) in record.fields.sorted(by: { $0.key < $1.key }) where key != "error" {
            // A field must not pass for one of the line's own.
            members[Self.ownKeys.contains(key) ? "field_" + key : key] = json(value)
        }
        if let error = errorText(record) { members["error"] = .string(error) }
        members["caller"] = .string(record.caller)
        members["time"] = .string(record.time.rfc3339Local())
        members["message"] = .string(clean(record.message))
        guard let line = try? JSON.encode(.object(members)) else { return nil }
        return line + [UInt8(ascii: "\n")]
    }

    /// `2026-01-02T03:04:05Z INFO message key=value`, on one line.
    func readable(_ record: LogRecord) -> String {
        var text = record.time.rfc3339Local() + " " + Self.name(of: record.level).uppercased() + " "
        text += clean(record.message)
        if let error = errorText(record) { text += ": " + error }
        for (key, value) in record.fields.sorted(by: { $0.key < $1.key }) where key != "error" {
            let value = json(value)
            text += " \(key)=" + (value.string ?? (try? JSON.text(value)) ?? "")
        }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
    }

    private static let ownKeys: Set<String> = ["level", "error", "caller", "time", "message", "stack"]

    /// The names that the reference writes.
    static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace: "trace"
        case .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error: "error"
        case .critical: "fatal"
        }
    }

    private func errorText(_ record: LogRecord) -> String? {
        if let error = record.error { return clean("\(error)") }
        return record.fields["error"].map { clean("\($0)") }
    }

    private func json(_ value: Logger.MetadataValue) -> Value {
        switch value {
        case .string(let text): .string(clean(text))
        case .stringConvertible(let value): .string(clean(value.description))
        case .array(let values): .array(values.map(json))
        case .dictionary(let values):
            .object(Object(values.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) }))
        @unknown default: .string(clean("\(value)"))
        }
    }

    private func clean(_ text: String) -> String {
        let redacted = redactor.redact(text)
        guard redacted.utf8.count > Self.longestText else { return redacted }
        return String(decoding: redacted.utf8.prefix(Self.longestText), as: UTF8.self) + "…"
    }
}
