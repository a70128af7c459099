import Testing
import Values
import WAMP

/// Sessions for tests, and short ways to look at actions.
enum OpenSession {
    static let dealerFeatures = ["call_canceling", "progressive_call_results"]

    /// A session that a router of the given dealer features has welcomed.
    static func make(dealer: [String] = dealerFeatures) -> ClientSessionMachine {
        var machine = ClientSessionMachine(realm: "realm1", authentication: .anonymous)
        _ = machine.open()
        _ = machine.receive(welcome(dealer: dealer))
        return machine
    }

    static func welcome(dealer: [String] = dealerFeatures) -> Message {
        let features = Value.object(Object(dealer.map { ($0, true) }))
        return .welcome(session: 77, details: ["roles": ["broker": [:], "dealer": ["features": features]]])
    }
}

extension ClientSessionMachine {
    /// Registers a procedure and has it confirmed.
    mutating func registered(_ procedure: String, id: UInt64, options: Object = [:]) throws -> OperationID {
        let started = try register(procedure, options: options)
        _ = receive(.registered(request: try #require(started.request), registration: id))
        return started.operation
    }

    /// Subscribes to a topic and has it confirmed.
    mutating func subscribed(_ topic: String, id: UInt64, options: Object = [:]) throws -> OperationID {
        let started = try subscribe(topic, options: options)
        _ = receive(.subscribed(request: try #require(started.request), subscription: id))
        return started.operation
    }
}

extension ClientSessionMachine.Started {
    /// The request number of the message that is sent first.
    var request: UInt64? { actions.sent.first?.value[1]?.asIdentifier }
}

extension Value {
    var asIdentifier: UInt64? { WAMPID(value: self)?.number }
}

extension [ClientSessionAction] {
    var sent: [Message] { compactMap { if case .send(let message) = $0 { message } else { nil } } }

    var completed: [OperationID] { compactMap { if case .complete(let operation, _) = $0 { operation } else { nil } } }

    var ends: [SessionEnd] { compactMap { if case .ended(let end) = $0 { end } else { nil } } }

    func outcome(of operation: OperationID) -> Result<ClientSessionAction.Outcome, WAMPError>? {
        for case .complete(operation, let outcome) in self { return outcome }
        return nil
    }

    func failure(of operation: OperationID) -> WAMPError? {
        if case .failure(let error) = outcome(of: operation) { error } else { nil }
    }
}
