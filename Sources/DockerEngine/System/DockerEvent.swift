public import AsyncSupport
import Values

/// Something that happened in the engine (1.3.10).
public struct DockerEvent: Sendable, Equatable {
    /// `container`, `image`, `network`, …
    public var type: String
    /// `create`, `start`, `die`, `exec_create: …`, …
    public var action: String
    public var actorID: String
    /// The actor's attributes: name without slash, image, exit code, and all labels of a container.
    public var attributes: [String: String]
    public var time: WallTime

    /// Nil when the object is no event.
    init?(_ value: Value) {
        guard let action = value["Action"]?.string else { return nil }
        self.action = action
        type = value["Type"]?.string ?? ""
        actorID = value["Actor"]?["ID"]?.string ?? ""
        attributes = (value["Actor"]?["Attributes"]?.object).stringMembers
        if case .int(let nanoseconds) = value["timeNano"] {
            time = WallTime(
                seconds: nanoseconds / 1_000_000_000, nanoseconds: Int32(max(0, nanoseconds % 1_000_000_000)))
        } else if case .int(let seconds) = value["time"] {
            time = WallTime(seconds: seconds)
        } else {
            time = WallTime(seconds: 0)
        }
    }
}
