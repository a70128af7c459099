import Values

extension IdentityFile {
    /// Refuses an identity that the agent cannot work with, naming the field.
    public func validate() throws(IdentityError) {
        for key in ["secret", "serial_number", "device_endpoint_url"] where text(key).isEmpty {
            let isWrong = self[key].map { $0.string == nil && !$0.isNull } ?? false
            throw IdentityError(
                .invalid(field: key),
                isWrong ? "\(key) in the identity file is no text" : "the identity file has no \(key)")
        }
        for (key, number) in [("swarm_key", swarmKey), ("device_key", deviceKey)] where number == 0 {
            throw IdentityError(.invalid(field: key), "the identity file has no \(key) that is a positive integer")
        }
        let endpoint = text("device_endpoint_url").lowercased()
        guard endpoint.hasPrefix("ws://") || endpoint.hasPrefix("wss://") else {
            throw IdentityError(
                .invalid(field: "device_endpoint_url"), "the device_endpoint_url is neither a ws nor a wss URL")
        }
    }
}
