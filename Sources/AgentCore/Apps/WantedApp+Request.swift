public import DeviceProtocol
import Values

extension WantedApp {
    /// What a request wants, in the form in which it is stored: the target normalised (app-lifecycle.md 1.5), a current
    /// state that the tables refuse counted as none (P29).
    public init(_ request: AppRequest) {
        let currentState = request.currentState ?? .removed
        self.init(
            id: AppID(key: request.appKey, stage: request.stage), name: request.appName,
            target: request.target.normalisedTarget, currentState: currentState.isStorable ? currentState : .removed,
            version: request.version, presentVersion: request.presentVersion, newestVersion: request.newestVersion,
            environment: request.environment, environmentTemplate: request.environmentTemplate,
            ports: request.ports, dockerCompose: request.dockerCompose, newDockerCompose: request.newDockerCompose,
            releaseKey: request.releaseKey, newReleaseKey: request.newReleaseKey,
            requestUpdate: request.requestUpdate, requestorAccountKey: request.requestorAccountKey,
            deviceOwnerAccountKey: request.deviceOwnerAccountKey, image: request.image,
            credentialEpoch: request.credentialEpoch, instanceKey: request.instanceKey,
            privileges: request.privileges)
    }

    /// The wanted app after this newer request: an owner key of 0 never overwrites (T54), the credential epoch is never
    /// lowered and the instance key is never forgotten (P10), `version` stays as it was inserted.
    func replaced(by newer: WantedApp) -> WantedApp {
        var result = newer
        result.version = version
        if newer.deviceOwnerAccountKey == 0 { result.deviceOwnerAccountKey = deviceOwnerAccountKey }
        result.credentialEpoch = [credentialEpoch, newer.credentialEpoch].compactMap(\.self).max()
        result.instanceKey = newer.instanceKey ?? instanceKey
        return result
    }

    /// Whether the app is a compose project; the empty document counts as one.
    public var isCompose: Bool { !dockerCompose.isNull }

    /// The account for which the registry gives a token (2.1 step 10): the owner's for PROD when known, else the
    /// requestor's.
    var registryAccount: UInt64 {
        id.stage == .prod && deviceOwnerAccountKey != 0 ? deviceOwnerAccountKey : requestorAccountKey
    }
}

extension InstalledApp {
    /// The record of an app that the device did not know: it starts with the backend's view of its state (1.2).
    public init(new wanted: WantedApp) {
        self.init(
            id: wanted.id, name: wanted.name, version: wanted.presentVersion, releaseKey: wanted.releaseKey,
            state: wanted.currentState, requestorAccountKey: wanted.requestorAccountKey,
            requestUpdate: wanted.requestUpdate)
    }
}
