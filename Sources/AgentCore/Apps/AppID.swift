public import DeviceProtocol

/// What identifies an app installation on a device: key and stage, never the name (app-lifecycle.md 1.1, P27).
public struct AppID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var key: UInt64
    public var stage: Stage

    public init(key: UInt64, stage: Stage) {
        self.key = key
        self.stage = stage
    }

    public static func < (left: AppID, right: AppID) -> Bool {
        (left.key, left.stage.rawValue) < (right.key, right.stage.rawValue)
    }

    /// `PROD_6`: the compose cancel key of app-lifecycle.md 1.1, also used in logs.
    public var description: String { "\(stage.rawValue)_\(key)" }
}
