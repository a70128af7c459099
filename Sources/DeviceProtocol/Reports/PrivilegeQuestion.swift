public import Values

/// The argument of `check_privilege`: may this account do that on this device? (system.md 8.5)
public struct PrivilegeQuestion: Sendable, Equatable {
    public var privilege: Privilege
    public var deviceKey: UInt64
    public var swarmKey: UInt64
    public var accountKey: UInt64

    public init(privilege: Privilege, deviceKey: UInt64, swarmKey: UInt64, accountKey: UInt64) {
        self.privilege = privilege
        self.deviceKey = deviceKey
        self.swarmKey = swarmKey
        self.accountKey = accountKey
    }

    public var object: Object {
        [
            "privilege": .string(privilege.rawValue), "entity": "DEVICE", "entity_key": .integer(deviceKey),
            "requestor_account_key": .integer(accountKey), "swarm_key": .integer(swarmKey),
        ]
    }

    /// Decodes what a device asked.
    public init(_ object: Object) throws(PayloadError) {
        let reader = PayloadReader(object)
        guard let text = try reader.text("privilege"), let privilege = Privilege(rawValue: text) else {
            throw PayloadError(.malformed, field: "privilege")
        }
        guard let device = try reader.lenientNumber("entity_key") else {
            throw PayloadError(.missing, field: "entity_key")
        }
        guard let account = try reader.lenientNumber("requestor_account_key") else {
            throw PayloadError(.missing, field: "requestor_account_key")
        }
        self.init(
            privilege: privilege, deviceKey: device, swarmKey: try reader.lenientNumber("swarm_key") ?? 0,
            accountKey: account)
    }

    /// Reads the answer; anything but a Boolean is an error, never a "no" and never a "yes".
    public static func answer(_ results: [Value]) throws(PayloadError) -> Bool {
        guard let allowed = results.first?.bool else { throw PayloadError(.malformed, field: "privilege answer") }
        return allowed
    }
}
