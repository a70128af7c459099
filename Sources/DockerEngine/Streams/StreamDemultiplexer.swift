/// Takes apart the frames in which the engine sends logs of a container without terminal (1.4).
///
/// Frames align with nothing: headers and payloads may be split over reads, and several may sit in one.
public struct StreamDemultiplexer: Sendable {
    /// Which of the container's streams a frame is from.
    public enum Stream: UInt8, Sendable {
        case stdin = 0
        case stdout, stderr
        /// A message of the engine about the stream itself.
        case engine
    }

    public struct Frame: Sendable, Equatable {
        public var stream: Stream
        public var payload: [UInt8]

        public init(_ stream: Stream, _ payload: [UInt8]) {
            self.stream = stream
            self.payload = payload
        }
    }

    /// The largest payload that is taken; engines send at most some 32 KiB.
    public static let payloadLimit = 16 << 20
    private static let headerSize = 8

    private var buffer: [UInt8] = []

    public init() {}

    /// Adds what was read and returns the frames that are complete now. `malformed` when the bytes are no frames.
    public mutating func append(_ bytes: some Sequence<UInt8>) throws(DockerError) -> [Frame] {
        buffer += bytes
        var frames: [Frame] = []
        var start = 0
        while buffer.count - start >= Self.headerSize {
            guard let stream = Stream(rawValue: buffer[start]), buffer[start + 1..<start + 4].allSatisfy({ $0 == 0 })
            else { throw DockerError(.malformed, "the stream is not multiplexed") }
            let size = buffer[start + 4..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard size <= UInt64(Self.payloadLimit) else {
                throw DockerError(.malformed, "the stream has a frame of \(size) bytes")
            }
            let payload = start + Self.headerSize
            guard buffer.count - payload >= Int(size) else { break }
            frames.append(Frame(stream, Array(buffer[payload..<payload + Int(size)])))
            start = payload + Int(size)
        }
        buffer.removeFirst(start)
        return frames
    }

    /// Whether the stream ended inside a frame.
    public var isInsideFrame: Bool { !buffer.isEmpty }
}
