public import Values

extension AppRequest {
    /// Decodes the keywords of `request_app_state`. A wrong type fails the call; null counts as absent; unknown keys are
    /// ignored.
    public init(keywords: Object) throws(PayloadError) {
        let reader = PayloadReader(keywords)
        let identity = try Identity(reader, key: reader.number("app_key"))
        guard let target = try Self.state(reader, "target_state", else: "manually_requested_state") else {
            throw PayloadError(.missing, field: "target_state")
        }
        self.init(appKey: identity.key, appName: identity.name, stage: identity.stage, target: target)
        currentState = try Self.state(reader, "current_state", else: "state")
        requestorAccountKey = try reader.lenientNumber("requestor_account_key") ?? 0
        if requestorAccountKey == 0 { requestorAccountKey = try reader.lenientNumber("account_id") ?? 0 }
        instanceKey = reader.optionalNumber("instance_key")
        releaseKey = try reader.lenientNumber("release_key") ?? 0
        newReleaseKey = try reader.number("new_release_key") ?? 0
        version = try reader.text("version") ?? ""
        cancelTransition = try reader.bool("cancel_transition") ?? false
        registryLogins = try Self.logins(reader)
        try readCommonPart(reader)
    }

    /// Decodes one row of `get_requested_app_states`. Integers are taken in any shape, an unknown current state counts as
    /// none: one odd value must not keep an app from being managed (P29).
    public init(syncRow: Value) throws(PayloadError) {
        guard let object = syncRow.object else { throw PayloadError(.malformed, field: "row") }
        let reader = PayloadReader(object)
        let identity = try Identity(reader, key: reader.lenientNumber("app_key"))
        guard let target = try Self.state(reader, "target_state") else {
            throw PayloadError(.missing, field: "target_state")
        }
        self.init(appKey: identity.key, appName: identity.name, stage: identity.stage, target: target)
        currentState = reader.value("current_state")?.string.flatMap(AppState.init(rawValue:))
        requestorAccountKey = try reader.lenientNumber("requestor_account_key") ?? 0
        releaseKey = try reader.lenientNumber("release_key") ?? 0
        newReleaseKey = try reader.lenientNumber("new_release_key") ?? 0
        instanceKey = reader.optionalNumber("instance_key")
        try readCommonPart(reader)
        version = presentVersion
    }

    private mutating func readCommonPart(_ reader: PayloadReader) throws(PayloadError) {
        deviceOwnerAccountKey = try reader.lenientNumber("device_owner_account_key") ?? 0
        credentialEpoch = reader.optionalNumber("app_cred_epoch")
        presentVersion = try reader.text("present_version") ?? ""
        newestVersion = try reader.text("newest_version") ?? ""
        requestUpdate = try reader.bool("request_update") ?? false
        environment = try reader.dictionary("environment") ?? .null
        environmentTemplate = try reader.dictionary("environment_template") ?? .null
        ports = try reader.list("ports") ?? .null
        dockerCompose = try reader.dictionary("docker_compose") ?? .null
        newDockerCompose = try reader.dictionary("new_docker_compose") ?? .null
        image = try reader.text("image").flatMap { $0.isEmpty ? nil : $0 }
        if let value = reader.value("privileges") { privileges = try ContainerPrivileges(value) }
    }

    private static func state(
        _ reader: PayloadReader, _ key: String, else other: String
    ) throws(PayloadError) -> AppState? {
        if let state = try state(reader, key) { return state }
        return try state(reader, other)
    }

    /// A state by its name; the empty text counts as absent.
    private static func state(_ reader: PayloadReader, _ key: String) throws(PayloadError) -> AppState? {
        guard let text = try reader.text(key), !text.isEmpty else { return nil }
        guard let state = AppState(rawValue: text) else { throw PayloadError(.malformed, field: key) }
        return state
    }

    private static func logins(_ reader: PayloadReader) throws(PayloadError) -> [RegistryLogin] {
        guard let entries = try reader.dictionary("docker_credentials")?.object else { return [] }
        var logins: [RegistryLogin] = []
        for (registry, entry) in entries {
            guard let username = entry["username"]?.string, let password = entry["password"]?.string else {
                throw PayloadError(.malformed, field: "docker_credentials")
            }
            logins.append(RegistryLogin(registry: registry, username: username, password: password))
        }
        return logins
    }
}

/// The mandatory part (P2): an app that cannot be identified must not be acted on.
private struct Identity {
    var key: UInt64
    var name: String
    var stage: Stage

    init(_ reader: PayloadReader, key: UInt64?) throws(PayloadError) {
        guard let key else { throw PayloadError(.missing, field: "app_key") }
        guard key != 0 else { throw PayloadError(.malformed, field: "app_key") }
        guard let name = try reader.text("app_name") else { throw PayloadError(.missing, field: "app_name") }
        guard AppName.isSafe(name) else { throw PayloadError(.malformed, field: "app_name") }
        guard let text = try reader.text("stage") else { throw PayloadError(.missing, field: "stage") }
        guard let stage = Stage(rawValue: text) else { throw PayloadError(.malformed, field: "stage") }
        self.key = key
        self.name = name
        self.stage = stage
    }
}
