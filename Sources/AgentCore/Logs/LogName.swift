import DeviceProtocol

/// The name under which an app logs: its single-container name `<stage>_<key>_<app>`, or `pub_<key>_<app>` for the output
/// of publishing (containers-logs-terminal.md 3.1).
public struct LogName: Sendable, Equatable {
    public var id: AppID
    /// Lower case.
    public var appName: String
    /// Output of publishing: not the app's own history (C-59).
    public var isPublishing: Bool

    /// nil for the name of something else.
    public init?(_ name: String) {
        let parts = name.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, let key = UInt64(parts[1]) else { return nil }
        switch parts[0] {
        case "prod": id = AppID(key: key, stage: .prod)
        case "dev", "pub": id = AppID(key: key, stage: .dev)
        default: return nil
        }
        appName = String(parts[2])
        isPublishing = parts[0] == "pub"
    }
}
