public import DeviceProtocol

/// One state report as it goes upstream (app-lifecycle.md 2.10); device keys are added when it is sent.
public struct Report: Sendable, Equatable {
    public var app: AppID
    public var name: String
    public var state: AppState
    public var releaseKey: UInt64
    public var requestorAccountKey: UInt64
    public var requestUpdate: Bool
    public var releaseBuild: Bool
    public var updateStatus: UpdateStatus
    /// Rises with every report of the process and of its predecessors; tells a newer one from an older one.
    public var sequence: UInt64

    public init(of app: InstalledApp, sequence: UInt64) {
        self.app = app.id
        self.name = app.name
        self.state = app.state
        self.releaseKey = app.releaseKey
        self.requestorAccountKey = app.requestorAccountKey
        self.requestUpdate = app.requestUpdate
        self.releaseBuild = app.releaseBuild
        self.updateStatus = app.updateStatus
        self.sequence = sequence
    }
}
