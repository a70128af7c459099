/// Environments of this device's apps, as of the moment they are asked for.
public struct DeviceEnvironment: AppEnvironmentSource {
    private let context: any DeviceContextSource
    private let facts: any HostFacts

    public init(context: any DeviceContextSource, facts: any HostFacts) {
        self.context = context
        self.facts = facts
    }

    public func environment(for app: InstalledApp, wanted: WantedApp) async -> AppEnvironment {
        let builder = EnvironmentBuilder(device: context.context, lanAddress: await facts.lanAddress())
        var wanted = wanted
        // APP_NAME is the name of the record, which never changes after creation (1.2).
        wanted.name = app.name
        do throws(EnvironmentError) {
            return try builder.build(for: wanted)
        } catch {
            // A start was refused before (P15); what does not depend on the bad entry, like the credential, is still told.
            return builder.defaults(for: wanted, warning: error.description)
        }
    }
}
