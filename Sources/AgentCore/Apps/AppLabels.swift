import DeviceProtocol

/// The labels by which the agent knows its own containers again (P3, P12; listed in docs/wire.md).
public enum AppLabels {
    /// The one label of the reference (app-lifecycle.md 3.4).
    public static let real = "real"
    public static let device = "io.reagent.device"
    public static let app = "io.reagent.app"
    public static let stage = "io.reagent.stage"
    public static let name = "io.reagent.name"

    private static let prefix = "io.reagent."

    /// What a container of that app gets.
    public static func labels(of id: AppID, name appName: String, serial: String) -> [String: String] {
        [real: "True", device: serial, app: "\(id.key)", stage: id.stage.rawValue, name: appName]
    }

    /// The app that the labels name, if they are whole; whatever the device.
    public static func app(in labels: [String: String]) -> AppID? {
        guard let key = labels[app].flatMap(UInt64.init), key != 0,
            let stage = labels[stage].flatMap(Stage.init(rawValue:))
        else { return nil }
        return AppID(key: key, stage: stage)
    }

    /// Whether the container carries labels of this agent at all.
    public static func areAgentLabels(_ labels: [String: String]) -> Bool {
        labels.keys.contains { $0.hasPrefix(prefix) }
    }
}

extension ContainerSnapshot {
    /// Whether this container, found under an app's exact name, is that app's: by our labels, or, for containers of the
    /// reference, by its one label and because a database row names it. Anything else is somebody else's, whatever it is
    /// called (P3, P48).
    public func belongs(to id: AppID, serial: String) -> Bool {
        guard AppLabels.areAgentLabels(labels) else { return labels[AppLabels.real] == "True" }
        return labels[AppLabels.device] == serial && AppLabels.app(in: labels) == id
    }
}
