public import NIOCore
import Values
import WAMP

/// An endless supply of messages that a peer must live through: malformed, out of order, out of the protocol, deeply
/// nested, larger than expected, cut into odd frames. The seed decides them.
public struct MalformedMessages: Sendable {
    /// Which side they come from.
    public enum Sender: Sendable, Hashable {
        /// To a client: frames without a mask.
        case router
        /// To a router: masked frames.
        case client
    }

    /// Whole frames, and what they are.
    public struct Sample: Sendable {
        /// The kind, for texts.
        public var name: String
        public var frames: ByteBuffer
    }

    public let sender: Sender
    /// What the receiver registered and subscribed, or was told of: samples refer to it now and then.
    public var registrations: [UInt64] = []
    public var subscriptions: [UInt64] = []
    var values: HostileValues
    var lastInvocation: UInt64 = 1 << 20

    public init(seed: UInt64, from sender: Sender) {
        self.sender = sender
        values = HostileValues(random: SeededRandom(seed: seed))
    }

    /// Something that a session survives: nonsense that the protocol allows to be ignored or answered with an ERROR.
    public mutating func survivable() -> Sample {
        let (name, message) = sender == .router ? oddMessageOfRouter() : oddMessageOfClient()
        return Sample(name: name, frames: frames(carrying: JSONText.of(message)))
    }

    /// Something that ends the session, and nothing else.
    public mutating func fatal() -> Sample {
        values.random.oneIn(3) ? brokenFrame() : brokenMessage()
    }

    /// The names of all that ``fatal()`` may be; each is made by ``fatal(_:)``.
    public static let fatalKinds = FrameFault.allCases.map(\.rawValue) + MessageFault.allCases.map(\.rawValue)

    /// The fatal sample of that name; nil for another name.
    public mutating func fatal(_ name: String) -> Sample? {
        if let fault = FrameFault(rawValue: name) { return Sample(name: name, frames: frame(fault)) }
        return MessageFault(rawValue: name).map { Sample(name: name, frames: frames(of: $0)) }
    }

    private mutating func brokenFrame() -> Sample {
        let fault = FrameFault.allCases.randomElement(using: &values.random) ?? .reservedBit
        return Sample(name: fault.rawValue, frames: frame(fault))
    }

    private mutating func brokenMessage() -> Sample {
        let fault = MessageFault.allCases.randomElement(using: &values.random) ?? .noJSON
        return Sample(name: fault.rawValue, frames: frames(of: fault))
    }
}

/// The text of a message, whatever it holds.
enum JSONText {
    static func of(_ message: [Value]) -> [UInt8] { (try? JSON.encode(.array(message), binary: .wamp)) ?? [] }
}
