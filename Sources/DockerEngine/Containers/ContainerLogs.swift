import NIOCore
import NIOHTTP1
import Values

extension DockerClient {
    /// Reads lines of a container's log until it ends: at once, or with `follow` when the container stops, restarts or
    /// is removed (1.3.5).
    ///
    /// The format is told by the content type from API 1.42 on, before by the container's configuration (1.4). A slow
    /// `onLine` slows the reading, nothing is dropped.
    public func containerLogs(
        of id: String, _ options: LogOptions, onLine: (LogLine) async -> Void
    ) async throws(DockerError) {
        let hasTTY = try await inspectContainer(id).hasTTY
        var format = hasTTY ? ContainerLogDecoder.Format.raw : .multiplexed
        var decoder = ContainerLogDecoder(format: format, hasTimestamps: options.timestamps)
        let request = EngineRequest(.GET, "\(Self.path(id))/logs", query: options.query)
        // A log that is only read flows without pause; one that is followed may rest for ever.
        let inactivity: Duration? = options.follow ? nil : limits.call
        try await stream(request, limits: .init(head: limits.call, inactivity: inactivity)) { head in
            format = Self.logFormat(head.headers.first(name: "Content-Type")) ?? format
            decoder = ContainerLogDecoder(format: format, hasTimestamps: options.timestamps)
        } onBytes: { bytes in
            for line in try decoder.append(bytes.readableBytesView) { await onLine(line) }
        }
        for line in decoder.finish() { await onLine(line) }
    }

    static func logFormat(_ contentType: String?) -> ContainerLogDecoder.Format? {
        switch contentType {
        case "application/vnd.docker.multiplexed-stream": .multiplexed
        case "application/vnd.docker.raw-stream": .raw
        default: nil
        }
    }
}
