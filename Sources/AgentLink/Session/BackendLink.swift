public import AgentCore
import AsyncSupport
import DeviceProtocol
import Synchronization
public import Values
import WAMP
import WAMPClient

/// The session of the moment, as the domain sees it: a backend to call and an audience to publish to.
///
/// It has no session of its own making; ``DeviceLink`` lends it one while it stands.
public final class BackendLink: Backend, Audience {
    /// Every call to the backend is bounded (system.md appendix B).
    private static let callLimit: Duration = .seconds(10)

    private let session = Mutex<WAMPSession?>(nil)

    public init() {}

    func use(_ session: WAMPSession?) { self.session.withLock { $0 = session } }

    /// What the session of the moment holds; nil while there is none.
    var statistics: SessionStatistics? {
        get async { await current?.statistics() }
    }

    private var current: WAMPSession? { session.withLock { $0 } }

    public func call(_ procedure: String, _ arguments: [Value]) async throws(BackendError) -> [Value] {
        guard let session = current else { throw BackendError(.notConnected, "there is no session with the backend") }
        do throws(WAMPError) {
            return try await session.call(procedure, arguments, timeout: Self.callLimit).args
        } catch {
            throw BackendError(error)
        }
    }

    public func publish(_ argument: Value, to topic: String) async {
        // Nothing waits for it and nothing depends on it (P19); while there is no session it is dropped.
        try? await current?.publish(topic, [argument])
    }

    public func subscriptions(matching topic: String) async throws(BackendError) -> [UInt64] {
        let results = try await call(BackendProcedure.matchSubscription, [.string(topic)])
        return switch results.first {
        case .array(let ids)?: ids.compactMap(LenientInteger.unsigned)
        case let id?: LenientInteger.unsigned(id).map { [$0] } ?? []
        case nil: []
        }
    }
}

extension BackendError {
    /// The one place where errors of the session become errors of the domain.
    init(_ error: WAMPError) {
        let code: Code =
            switch error.code {
            case .application, .aborted: .refused(error.uri)
            case .timeout: .timedOut
            case .protocolViolation, .invalidMessage, .invalidArgument, .payloadSizeExceeded: .malformed
            default: .notConnected
            }
        self.init(code, error.message)
    }
}
