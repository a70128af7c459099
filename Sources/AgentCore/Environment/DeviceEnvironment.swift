/// Environments of this device's apps, as of the moment they are asked for.
public struct DeviceEnvironment: AppEnvironmentSource {
    private let context: any DeviceContextSource
    private let facts: any HostFacts

    public init(context: any DeviceContextSource, facts: any HostFacts) {
        self.context = context
        self.facts = facts
    }

    public func environment(
        for app: InstalledApp, wanted: WantedApp, ports: PortVariables
    ) async throws(EnvironmentError) -> AppEnvironment {
        try EnvironmentBuilder(device: context.context, lanAddress: await facts.lanAddress())
            .build(for: Self.named(wanted, as: app), ports: ports)
    }

    public func credential(for app: InstalledApp, wanted: WantedApp) async -> AppCredential? {
        EnvironmentBuilder(device: context.context, lanAddress: nil).credential(of: Self.named(wanted, as: app))
    }

    /// APP_NAME is the name of the record, which never changes after creation (1.2).
    private static func named(_ wanted: WantedApp, as app: InstalledApp) -> WantedApp {
        var wanted = wanted
        wanted.name = app.name
        return wanted
    }
}
