/// Decodes the log of one container: frames or raw bytes, both streams, to lines.
struct ContainerLogDecoder: Sendable {
    /// How the body is written (1.4).
    enum Format: Sendable {
        case multiplexed, raw
    }

    private let format: Format
    private var frames = StreamDemultiplexer()
    private var stdout: LogLineAssembler
    private var stderr: LogLineAssembler

    init(format: Format, hasTimestamps: Bool) {
        self.format = format
        stdout = LogLineAssembler(hasTimestamps: hasTimestamps)
        stderr = LogLineAssembler(hasTimestamps: hasTimestamps)
    }

    mutating func append(_ bytes: some Sequence<UInt8>) throws(DockerError) -> [LogLine] {
        guard format == .multiplexed else { return stdout.append(raw: bytes) }
        var lines: [LogLine] = []
        for frame in try frames.append(bytes) {
            switch frame.stream {
            case .stderr: lines += stderr.append(record: frame.payload)
            case .stdin, .stdout: lines += stdout.append(record: frame.payload)
            case .engine:
                throw DockerError(streamMessage: String(decoding: frame.payload, as: UTF8.self).trimmingWhitespace())
            }
        }
        return lines
    }

    /// The unfinished lines at the end of the stream.
    mutating func finish() -> [LogLine] { stdout.finish() + stderr.finish() }
}
