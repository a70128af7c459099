/// Which sessions of which devices are joined, from the router's meta events (wamp-protocol.md 9).
///
/// Two at once with one identity are either a device that lost its connection and came back before the router missed
/// it, or two agents with one identity file. The router lets both in: the first case must not lock a device out. Only
/// one of them holds the presence procedure (system.md 8.5) and works; this says that there is another one.
public struct SessionBoard: Sendable {
    private var devices: [UInt64: UInt64] = [:]
    private var sessions: [UInt64: Set<UInt64>] = [:]

    public init() {}

    /// - Returns: how many sessions the device has now.
    @discardableResult
    public mutating func joined(session: UInt64, device key: UInt64) -> Int {
        left(session: session)
        devices[session] = key
        sessions[key, default: []].insert(session)
        return count(of: key)
    }

    public mutating func left(session: UInt64) {
        guard let key = devices.removeValue(forKey: session) else { return }
        sessions[key]?.remove(session)
        if sessions[key]?.isEmpty == true { sessions[key] = nil }
    }

    public func count(of key: UInt64) -> Int { sessions[key]?.count ?? 0 }
}
