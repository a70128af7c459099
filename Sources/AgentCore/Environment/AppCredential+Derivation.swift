import Crypto
import DeviceProtocol
import Values

extension AppCredential {
    /// Derives the credential of an app (app-lifecycle.md 3.2). Byte-exact: the backend computes the same and compares.
    ///
    /// - Parameters:
    ///   - deviceKey: The text of `get_app_cred_key`; its UTF-8 bytes are the key, it is not decoded.
    ///   - epoch: nil and 0 mean 1.
    /// - Returns: nil when it cannot be derived; then nothing is injected and existing files stay.
    public static func derive(
        deviceKey: String, serialNumber: String, app: AppID, epoch: UInt64?
    ) -> AppCredential? {
        guard !deviceKey.isEmpty, !serialNumber.isEmpty, app.key != 0 else { return nil }
        let number = epoch.flatMap { $0 == 0 ? nil : $0 } ?? 1
        let message = "ironflock/app-cred/v1|\(serialNumber)|\(app.key)|\(app.stage.rawValue)|\(number)"
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(message.utf8), using: SymmetricKey(data: Array(deviceKey.utf8)))
        return AppCredential(
            authID: "app-\(app.key)-\(app.stage.lowercased)-e\(number)@\(serialNumber)",
            secret: Base64.encode(code))
    }
}
