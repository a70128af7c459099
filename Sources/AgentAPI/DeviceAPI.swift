public import AgentCore
public import AsyncSupport
public import DeviceProtocol
import Values

/// Every procedure that the device answers: one entry each with what it needs and what it does. Knows nothing of WAMP.
public struct DeviceAPI: Sendable {
    typealias Handler = @Sendable (DeviceCall) async throws -> DeviceReply

    struct Endpoint: Sendable {
        var access: Access
        var handler: Handler
    }

    let services: Services
    private let endpoints: [DeviceProcedure: Endpoint]
    private let privileges: PrivilegeCheck

    public init(_ services: Services) {
        self.services = services
        endpoints = Self.endpoints(services)
        privileges = PrivilegeCheck(device: services.device, backend: services.backend)
    }

    /// What is registered: presence first, the rest in a fixed order.
    public var procedures: [DeviceProcedure] { DeviceProcedure.allCases.filter { endpoints[$0] != nil } }

    /// Answers a call: checks the caller, then does it.
    ///
    /// - Throws: ``CallFailure`` whatever went wrong; the link answers its URI and arguments.
    public func handle(_ call: DeviceCall) async throws(CallFailure) -> DeviceReply {
        guard let procedure = DeviceProcedure(rawValue: call.procedure), let endpoint = endpoints[procedure] else {
            throw CallFailure("there is no procedure \(call.procedure)")
        }
        try await authorize(call, endpoint.access)
        do {
            return try await endpoint.handler(call)
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw CallFailure(String(describing: error))
        }
    }

    private func authorize(_ call: DeviceCall, _ access: Access) async throws(CallFailure) {
        switch access {
        case .open: break
        case .privileged(let privilege):
            try await privileges.require(privilege, of: try Caller(of: call), to: call.procedure)
        case .byStage:
            let caller = try Caller(ofRequest: call)
            guard caller != .system else { return }
            let stage = call.keywords["stage"]?.string.flatMap(Stage.init(rawValue:))
            // Without a readable stage the call fails in decoding.
            try await privileges.require(stage == .prod ? .maintain : .develop, of: caller, to: call.procedure)
        }
    }
}

extension DeviceAPI {
    /// What the handlers work with.
    public struct Services: Sendable {
        public var device: any DeviceContextSource
        public var backend: any Backend
        public var apps: any AppRequests
        public var engine: any EngineFeed
        public var logs: any LogHistory
        public var host: any HostFacts
        public var time: any TimeSource
        /// Of the agent.
        public var version: String
        /// Whether tunnels can work now.
        public var isTunnelCapable: @Sendable () async -> Bool

        public init(
            device: any DeviceContextSource, backend: any Backend, apps: any AppRequests, engine: any EngineFeed,
            logs: any LogHistory, host: any HostFacts, time: any TimeSource, version: String,
            isTunnelCapable: @escaping @Sendable () async -> Bool = { false }
        ) {
            self.device = device
            self.backend = backend
            self.apps = apps
            self.engine = engine
            self.logs = logs
            self.host = host
            self.time = time
            self.version = version
            self.isTunnelCapable = isTunnelCapable
        }
    }
}
