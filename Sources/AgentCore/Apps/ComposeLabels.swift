/// The labels by which compose marks what it makes (containers-logs-terminal.md 2.4).
public enum ComposeLabels {
    public static let project = "com.docker.compose.project"
    public static let service = "com.docker.compose.service"
    public static let number = "com.docker.compose.container-number"
    /// `True` on the containers of `compose run`, which are nobody's service.
    public static let oneOff = "com.docker.compose.oneoff"
}

extension ContainerSnapshot {
    /// The compose service it belongs to; nil when it belongs to none.
    public var service: String? { labels[ComposeLabels.service] }

    /// The compose project it belongs to; nil when it belongs to none.
    public var project: String? { labels[ComposeLabels.project] }
}
