import NIOCore
import Values
import WAMP
import WAMPTransport

/// One transport with the session on it, or with the opening of one. Lives on the router's event loop.
///
/// There are thousands of these that do nothing: whatever is needed for a moment only is in an object of its own.
final class RouterConnection: WebSocketReceiver {
    enum Phase {
        /// Before WELCOME.
        case opening(Opening)
        case joined(session: UInt64, Realm)
        /// The session is over; what the client still says is ignored until the deadline or its own close.
        case ending
        /// The transport is gone.
        case over
    }

    /// The machine of an opening, with the number that is reserved for its session.
    final class Opening {
        var machine: OpeningMachine
        let session: UInt64
        /// True after a session on the same transport: giving up is no failure then.
        let isAgain: Bool

        init(machine: OpeningMachine, session: UInt64, isAgain: Bool) {
            self.machine = machine
            self.session = session
            self.isAgain = isAgain
        }
    }

    let id: UInt64
    let transport: WebSocketServerConnection
    unowned let core: RouterCore
    var phase = Phase.ending
    /// When the phase has lasted too long.
    var deadline: Duration?
    var nextPing: Duration?
    /// Since when more is waiting than may.
    var overLimitSince: Duration?
    private var waitingWhenOver = 0
    var isDirty = false
    /// An upper bound of the bytes that wait; asking the channel is dearer than adding.
    private var waiting = 0

    init(id: UInt64, transport: WebSocketServerConnection, core: RouterCore) {
        self.id = id
        self.transport = transport
        self.core = core
    }

    var peer: PeerAddress {
        switch transport.peer {
        case .network(let address): .network(address)
        case .local(let userID): .local(userID: userID)
        case .unknown: .network("unknown")
        }
    }

    // MARK: - WebSocketReceiver

    func received(_ message: WebSocketMessage) { core.received(message, on: self) }

    func ended(_ error: TransportError) { core.transportEnded(self, error) }

    // MARK: - Output

    enum Queued { case queued, dropped, overflow }

    /// Queues a frame, within the limits of wamp-protocol.md 12.
    ///
    /// - Parameter mayDrop: true for an EVENT.
    func queue(_ frame: ByteBuffer, mayDrop: Bool, limit: OutboundLimit, now: Duration) -> Queued {
        let size = frame.readableBytes
        if waiting + size > limit.bytes {
            waiting = transport.unsentBytes
            // A queue that is empty takes a message of any size.
            if waiting > 0, waiting + size > limit.bytes {
                if overLimitSince == nil { (overLimitSince, waitingWhenOver) = (now, waiting) }
                if mayDrop { return .dropped }
                if waiting > 2 * limit.bytes { return .overflow }
            }
        }
        waiting += size
        transport.write(frame)
        return .queued
    }

    /// Whether the session has been over the limit for longer than the grace.
    func isTooSlow(_ limit: OutboundLimit, now: Duration) -> Bool {
        guard let since = overLimitSince else { return false }
        waiting = transport.unsentBytes
        // Messages of half the limit can leave a queue that looks short and does not move.
        guard waiting > limit.bytes / 2 || waiting >= waitingWhenOver else {
            overLimitSince = nil
            return false
        }
        return now - since > limit.grace
    }
}
