public import Values

extension AppRequest {
    /// The keywords of `request_app_state`, which are also a row of `get_requested_app_states`: the backend's side of
    /// ``init(keywords:)`` and ``init(syncRow:)``. Registry logins travel in calls only and are left out here.
    public var object: Object {
        var object: Object = [
            "app_key": .integer(appKey), "app_name": .string(appName), "stage": .string(stage.rawValue),
            "target_state": .string(target.rawValue),
            "manually_requested_state": .string(target.normalisedTarget.rawValue),
            "release_key": .integer(releaseKey), "new_release_key": .integer(newReleaseKey),
            "requestor_account_key": .integer(requestorAccountKey),
            "device_owner_account_key": .integer(deviceOwnerAccountKey),
            "present_version": .string(presentVersion), "newest_version": .string(newestVersion),
            "version": .string(version), "request_update": .bool(requestUpdate),
        ]
        object["current_state"] = currentState.map { .string($0.rawValue) }
        for (key, value) in [
            ("environment", environment), ("environment_template", environmentTemplate), ("ports", ports),
            ("docker_compose", dockerCompose), ("new_docker_compose", newDockerCompose),
        ] where !value.isNull {
            object[key] = value
        }
        object["app_cred_epoch"] = credentialEpoch.map(Value.integer)
        object["instance_key"] = instanceKey.map(Value.integer)
        object["image"] = image.map(Value.string)
        object["privileges"] = privileges.map(\.value)
        if cancelTransition { object["cancel_transition"] = true }
        return object
    }
}
