import AgentCore
import DeviceProtocol
import SQLite
import Values

extension WantedApp {
    /// A row of `RequestedAppStates`.
    init(row: Row) throws(RowProblem) {
        let reader = RowReader(row: row)
        self.init(
            id: try reader.appID(), name: try reader.text("app_name"),
            target: try reader.state("manually_requested_state"), currentState: try reader.state("current_state"),
            version: try reader.textOrEmpty("version"), presentVersion: try reader.textOrEmpty("present_version"),
            newestVersion: try reader.textOrEmpty("newest_version"),
            environment: try reader.json("environment_variables"),
            environmentTemplate: try reader.json("environment_template"), ports: try reader.json("ports"),
            dockerCompose: try reader.json("docker_compose"), newDockerCompose: try reader.json("new_docker_compose"),
            releaseKey: try reader.unsigned("release_key"), newReleaseKey: try reader.unsigned("new_release_key"),
            requestUpdate: try reader.flag("request_update"),
            requestorAccountKey: try reader.unsigned("requestor_account_key"),
            deviceOwnerAccountKey: try reader.unsigned("device_owner_account_key"),
            image: try reader.optionalText("image"), credentialEpoch: try reader.optionalUnsigned("app_cred_epoch"),
            instanceKey: try reader.optionalUnsigned("instance_key"),
            privileges: try reader.privileges())
    }
}

extension InstalledApp {
    /// A row of `AppStates`. What only the wanted row knows is filled in by ``adopt(_:)``.
    init(row: Row) throws(RowProblem) {
        let reader = RowReader(row: row)
        self.init(
            id: try reader.appID(), name: try reader.text("app_name"), version: try reader.text("version"),
            releaseKey: try reader.unsigned("release_key"), state: try reader.state("state"))
    }

    /// The record of an app whose `AppStates` row does not exist yet (app-lifecycle.md 1.2, "creation from a payload").
    init(creating wanted: WantedApp) {
        self.init(
            id: wanted.id, name: wanted.name, version: wanted.presentVersion, releaseKey: wanted.releaseKey,
            state: wanted.currentState)
        adopt(wanted)
    }

    /// The fields that are "loaded from the requested-state row when read from disk" (1.2).
    mutating func adopt(_ wanted: WantedApp) {
        requestorAccountKey = wanted.requestorAccountKey
        requestUpdate = wanted.requestUpdate
    }
}

extension Report {
    /// A row of `ReagentReports`.
    init(row: Row) throws(RowProblem) {
        let reader = RowReader(row: row)
        let status = try reader.text("update_status")
        guard let updateStatus = UpdateStatus(rawValue: status) else {
            throw RowProblem(reason: "update_status \"\(status)\" is unknown")
        }
        let app = InstalledApp(
            id: try reader.appID(), name: try reader.text("app_name"), releaseKey: try reader.unsigned("release_key"),
            state: try reader.state("state"), requestorAccountKey: try reader.unsigned("requestor_account_key"),
            requestUpdate: try reader.flag("request_update"), releaseBuild: try reader.flag("release_build"),
            updateStatus: updateStatus)
        self.init(of: app, sequence: try reader.unsigned("sequence"))
    }
}
