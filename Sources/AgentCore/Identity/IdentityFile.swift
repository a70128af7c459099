public import DeviceProtocol
public import Values

/// The identity file `<device>.reswarm` or `.flock` (system.md 8): ordered values, so that nothing that we do not know is
/// lost. Pure over bytes; reading and writing the file is the caller's.
public struct IdentityFile: Sendable, Equatable {
    private var members: Object
    private let original: Object

    /// Decodes and normalises a file; the content is not checked for sense yet (``validate()``).
    ///
    /// Keys are compared without case, integers come in any integral shape.
    public init(bytes: [UInt8]) throws(IdentityError) {
        guard bytes.contains(where: { $0 > 0x20 }) else {
            throw IdentityError(.empty, "the identity file is empty")
        }
        let value: Value
        do {
            value = try JSON.decode(bytes)
        } catch {
            throw IdentityError(.undecodable, "the identity file is no JSON: \(error)")
        }
        guard let object = value.object else {
            throw IdentityError(.undecodable, "the identity file is no JSON object")
        }
        var members = IdentityFields.canonical(object, IdentityFields.file)
        for (key, fields) in [("board", IdentityFields.board), ("authentication", IdentityFields.authentication)] {
            if let part = members[key]?.object { members[key] = .object(IdentityFields.canonical(part, fields)) }
        }
        for key in ["swarm_key", "device_key"] {
            guard let value = members[key], let number = LenientInteger.unsigned(value) else { continue }
            members[key] = .integer(number)
        }
        self.members = members
        self.original = members
    }

    /// Whether a value differs from what was read. Only then is the file written (S-1).
    public var isChanged: Bool { members != original }

    /// The text of the file: known keys first, in the reference's layout — one space of indentation, no line end.
    public func encoded() throws(IdentityError) -> [UInt8] {
        var members = IdentityFields.ordered(members, IdentityFields.file)
        for (key, fields) in [("board", IdentityFields.board), ("authentication", IdentityFields.authentication)] {
            if let part = members[key]?.object { members[key] = .object(IdentityFields.ordered(part, fields)) }
        }
        do {
            return try JSON.encode(.object(members), style: .goIndented(1))
        } catch {
            throw IdentityError(.unwritable, "the identity cannot be written as JSON: \(error)")
        }
    }

    // MARK: - Reading

    /// The text of a key; empty when absent or of another type.
    public func text(_ key: String) -> String { members[key]?.string ?? "" }

    /// The value of a key as it was read.
    public subscript(key: String) -> Value? { members[key] }

    public var deviceKey: UInt64 { members["device_key"].flatMap(LenientInteger.unsigned) ?? 0 }
    public var swarmKey: UInt64 { members["swarm_key"].flatMap(LenientInteger.unsigned) ?? 0 }

    /// `<swarm_key>-<device_key>`: the name under which the device joins the router (8.5).
    public var authID: String { "\(swarmKey)-\(deviceKey)" }

    /// Whether the device is an appliance with a registry of its own.
    public var isAppliance: Bool { members["board"]?["model"]?.string == "appliance" }

    /// What apps, reports and the link need of it.
    public func context(platformURL: String? = nil, credentialKey: String = "") -> DeviceContext {
        DeviceContext(
            serialNumber: text("serial_number"), deviceKey: deviceKey, swarmKey: swarmKey, deviceName: text("name"),
            swarmName: text("swarm_name"), ownerName: text("swarm_owner_name"), environment: text("environment"),
            endpointURL: text("device_endpoint_url"), registryURL: text("docker_registry_url"),
            mainRepository: text("docker_main_repository"), applianceDomain: text("appliance_domain"),
            platformURL: platformURL, credentialKey: credentialKey, secret: text("secret"))
    }

    // MARK: - Changing

    /// Takes over what the backend told; what it did not tell stays (system.md 0.2).
    public mutating func refresh(from metadata: DeviceMetadata) {
        set("name", metadata.deviceName)
        set("swarm_name", metadata.swarmName)
        set("swarm_owner_name", metadata.ownerName)
        if let key = metadata.swarmKey { members["swarm_key"] = .integer(key) }
    }

    /// Moves a device of the old platform names to the new ones (8.3): whole texts only.
    public mutating func applyLegacyRewrites() {
        if text("docker_registry_url") == "registry.reswarm.io/" {
            set("docker_registry_url", "registry.ironflock.com/")
        }
        if text("device_endpoint_url") == "wss://cbw.record-evolution.com/ws-re-dev" {
            set("device_endpoint_url", "wss://cbw.ironflock.com/ws-re-dev")
            // The old endpoint was what told a production device from a test one (S-59).
            if text("environment").isEmpty { set("environment", "production") }
        }
    }

    private mutating func set(_ key: String, _ text: String?) {
        if let text { members[key] = .string(text) }
    }
}
