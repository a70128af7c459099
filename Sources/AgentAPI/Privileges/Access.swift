import DeviceProtocol

/// What a caller needs to be allowed (system.md 9.7).
enum Access: Sendable, Equatable {
    /// Presence only: nobody is asked.
    case open
    /// The privilege on this device.
    case privileged(Privilege)
    /// MAINTAIN for a PROD app, DEVELOP for a DEV app; known only after decoding.
    case byStage
}
