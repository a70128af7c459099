/// Names built from a device's serial number.
public enum DeviceURI {
    /// `re.mgmt.<serial>.<suffix>`, for procedures and for the topics of one device.
    public static func procedure(_ suffix: String, serial: String) -> String { "re.mgmt.\(serial).\(suffix)" }

    /// What follows `re.mgmt.<serial>.`, dots included; nil for the URI of something else.
    public static func suffix(of uri: String, serial: String) -> String? {
        rest(of: uri, after: "re.mgmt.\(serial).")
    }

    /// What follows a prefix, unless that is nothing.
    static func rest(of text: String, after prefix: String) -> String? {
        guard text.hasPrefix(prefix) else { return nil }
        let rest = text.dropFirst(prefix.count)
        return rest.isEmpty ? nil : String(rest)
    }
}
