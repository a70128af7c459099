import DeviceProtocol

/// The host ports of this device: one owner, so that no two apps get the same one (app-lifecycle.md 3.6). In memory; after
/// a start of the agent they are recovered from the bindings of the containers and from what the backend echoes.
public actor HostPorts {
    private let probe: any PortProbe
    private var pool = HostPortPool()
    private var turn = Turn()

    public init(probe: any PortProbe) { self.probe = probe }

    /// The port of a key: the one it has, else `preferred` unless somebody else has it, else the next free one of the
    /// pool. A preferred port is not probed: the app's own container may hold it.
    public func recoverOrReserve(_ key: HostPortKey, preferred: UInt16? = nil) async throws(HostPortError) -> UInt16 {
        await takeTurn()
        defer { turn.pass() }
        if let port = pool.assignments[key] { return port }
        if let preferred, pool.isFree(preferred, for: key) {
            pool.assign(preferred, to: key)
            return preferred
        }
        return try await reserve(key)
    }

    /// The declared port itself, for DEV; nil when another key has it. Not probed.
    public func reserveDeclared(_ key: HostPortKey) -> UInt16? {
        if let port = pool.assignments[key] { return port }
        guard pool.isFree(key.declared, for: key) else { return nil }
        pool.assign(key.declared, to: key)
        return key.declared
    }

    /// Gives the keys of an app that have this host port other ones, because somebody outside has it.
    /// - Returns: whether there was such a key.
    public func reassign(_ port: UInt16, of app: AppID) async throws(HostPortError) -> Bool {
        await takeTurn()
        defer { turn.pass() }
        let keys = pool.assignments(of: app).filter { $0.value == port }.map(\.key)
        for key in keys {
            pool.forget(key)
            _ = try await reserve(key, besides: port)
        }
        return !keys.isEmpty
    }

    /// Forgets everything of an app. Its tunnels must be gone before (P33).
    public func release(_ app: AppID) { pool.release(app) }

    /// Takes over what a container of the app has, where nobody else has it; never a port of the pool.
    public func adopt(_ bindings: [PortBinding], _ rules: [PortRule], of app: AppID) {
        for rule in rules where rule.localIP.isEmpty {
            let key = HostPortKey(app: app, transport: rule.transport, declared: rule.declared)
            let bound = bindings.first { $0.container == rule.declared && $0.transport == rule.transport }
            guard let bound, pool.assignments[key] == nil, pool.isFree(bound.host, for: key) else { continue }
            pool.assign(bound.host, to: key)
        }
    }

    public func assignments(of app: AppID) -> [HostPortKey: UInt16] { pool.assignments(of: app) }

    private func reserve(_ key: HostPortKey, besides taken: UInt16? = nil) async throws(HostPortError) -> UInt16 {
        for port in HostPortPool.range where port != taken && pool.isFree(port, for: key) {
            guard await probe.isFree(port, key.transport), pool.isFree(port, for: key) else { continue }
            pool.assign(port, to: key)
            return port
        }
        throw HostPortError(code: .exhausted, declared: key.declared)
    }

    private func takeTurn() async {
        if turn.take() { return }
        await withCheckedContinuation { turn.queue($0) }
    }
}

extension HostPorts {
    /// The bindings of a single-container app, one for each rule that is the app's own.
    ///
    /// - Parameter existing: bindings of the container that is there: they are kept (1.8, "Host port").
    public func bindings(
        of app: AppID, _ rules: [PortRule], existing: [PortBinding]
    ) async throws(HostPortError) -> [PortBinding] {
        var bindings: [PortBinding] = []
        for rule in rules where rule.localIP.isEmpty {
            let key = HostPortKey(app: app, transport: rule.transport, declared: rule.declared)
            guard !bindings.contains(where: { $0.container == rule.declared && $0.transport == rule.transport })
            else { continue }
            let bound = existing.first { $0.container == rule.declared && $0.transport == rule.transport }?.host
            bindings.append(
                PortBinding(
                    container: rule.declared, transport: rule.transport,
                    host: try await port(for: key, preferred: bound ?? rule.hostPort)))
        }
        return bindings
    }

    /// A DEV app gets the port that it declares, if it can.
    private func port(for key: HostPortKey, preferred: UInt16?) async throws(HostPortError) -> UInt16 {
        if key.app.stage == .dev, preferred == nil, let port = reserveDeclared(key) { return port }
        return try await recoverOrReserve(key, preferred: preferred)
    }
}
