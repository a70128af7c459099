public import Values

/// A container as inspection shows it (1.3.3).
public struct ContainerDetails: Sendable, Equatable {
    public var id: String
    /// Without the leading slash.
    public var name: String
    /// The reference that it was created from.
    public var image: String
    public var imageID: String
    public var labels: [String: String]
    public var hasTTY: Bool
    public var state: State
    /// The engine's whole answer.
    public var raw: Object

    public struct State: Sendable, Equatable {
        /// `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`.
        public var status: String
        /// 0 where the engine tells none, also while it runs.
        public var exitCode: Int32
        /// Why the last start failed; empty when it did not.
        public var error: String
        /// RFC 3339 as the engine wrote it; `0001-01-01T00:00:00Z` for never.
        public var startedAt: String
        public var finishedAt: String
    }

    init(_ answer: Object) throws(DockerError) {
        guard let id = answer["Id"]?.string, let state = answer["State"]?.object,
            let status = state["Status"]?.string
        else { throw DockerError(.malformed, "the engine's answer is not a container") }
        self.id = id
        let slashed = answer["Name"]?.string ?? ""
        name = slashed.hasPrefix("/") ? String(slashed.dropFirst()) : slashed
        image = answer["Config"]?["Image"]?.string ?? ""
        imageID = answer["Image"]?.string ?? ""
        labels = (answer["Config"]?["Labels"]?.object).stringMembers
        hasTTY = answer["Config"]?["Tty"]?.bool ?? false
        var code: Int32 = 0
        if case .int(let number) = state["ExitCode"] { code = Int32(truncatingIfNeeded: number) }
        self.state = State(
            status: status, exitCode: code, error: state["Error"]?.string ?? "",
            startedAt: state["StartedAt"]?.string ?? "", finishedAt: state["FinishedAt"]?.string ?? "")
        raw = answer
    }
}
