/// Which containers are left over from apps that the device no longer has (app-lifecycle.md 4.6).
///
/// Only containers with this device's labels are ever swept, whatever they are called (P3), and only after the backend
/// was asked successfully in the same run of the agent: an empty database after a loss is no order to remove (P4).
public enum OrphanSweep {
    /// The ids of the containers to remove.
    public static func orphans(
        among containers: [ContainerSnapshot], known: Set<AppID>, serial: String, hasSynced: Bool
    ) -> [String] {
        guard hasSynced, !serial.isEmpty else { return [] }
        return containers.filter { container in
            guard container.labels[AppLabels.device] == serial, let app = AppLabels.app(in: container.labels) else {
                return false
            }
            return !known.contains(app)
        }.map(\.id)
    }
}
