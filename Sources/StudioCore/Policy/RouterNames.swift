import DeviceProtocol

/// The names that the rules of ``RouterPolicy`` are made of.
enum RouterNames {
    static let authenticate = "studio.authenticate"
    static let changes = "studio.changes"

    /// What the studio serves for devices.
    static let servedProcedures: Set<String> = [
        BackendProcedure.updateAppOnDevice, BackendProcedure.getRequestedAppStates,
        BackendProcedure.getRegistryToken, BackendProcedure.getAppCredentialKey, BackendProcedure.updateDeviceStatus,
        BackendProcedure.updateDeviceArchitecture, BackendProcedure.readDeviceMetadata,
        BackendProcedure.checkPrivilege, BackendProcedure.runRegistryGC, BackendProcedure.exposePort,
        BackendProcedure.closePort,
    ]

    /// The backend's procedures, also those that this studio does not serve: "no such procedure" is the true answer
    /// there. And of the router's own what a device needs: its testament, and who listens to a log.
    static let callableByDevices = servedProcedures.union([
        BackendProcedure.addTestament, BackendProcedure.flushTestaments, BackendProcedure.matchSubscription,
    ])

    /// Who holds the presence procedure of a device, and who is joined.
    static let callableBySystem: Set<String> = [
        "wamp.registration.lookup", "wamp.session.count", "wamp.session.list", "wamp.session.get",
    ]

    /// A testament is published in the name of the session that is gone.
    static let testaments: Set<String> = [BackendProcedure.testamentDevice]

    static let metaTopicsOfDevices: Set<String> = [
        Topics.registrationRemoved, Topics.subscriptionCreated, Topics.subscriptionDeleted,
    ]

    static let topicsOfSystem: Set<String> = [
        BackendProcedure.testamentDevice, Topics.sessionJoined, Topics.sessionLeft,
    ]

    static func isStudioProcedure(_ uri: String) -> Bool { uri.utf8.starts(with: "studio.".utf8) }

    /// A procedure below the name of any device.
    static func isDeviceProcedure(_ uri: String) -> Bool {
        let parts = uri.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 4 && parts[0] == "re" && parts[1] == "mgmt" && parts.allSatisfy { !$0.isEmpty }
    }

    /// What changes, and the logs of all devices, also by a prefix.
    static func isForOperators(topic: String, match: RouterPolicy.Match) -> Bool {
        switch match {
        case .exact: topic == changes || topic.utf8.starts(with: Topics.logPrefix.utf8)
        case .prefix, .wildcard: topic.utf8.starts(with: Topics.logPrefix.utf8)
        }
    }
}
