import Values

/// The keys of the identity file in their written order, and what an absent one is written as (system.md 8.2).
enum IdentityFields {
    struct Field {
        var key: String
        /// What is written when the file has none; nil: nothing, and an empty text is left out too.
        var absent: Value?
    }

    private static func text(_ key: String) -> Field { Field(key: key, absent: "") }
    private static func optionalText(_ key: String) -> Field { Field(key: key, absent: nil) }

    static let board: [Field] = [
        text("cpu"), Field(key: "docs", absent: .null), text("board"), text("model"), text("boardname"),
        text("modelname"), Field(key: "reflasher", absent: false), text("architecture"),
    ]

    static let authentication: [Field] = [text("key"), text("certificate")]

    static let file: [Field] = [
        text("name"), text("secret"), Field(key: "board", absent: [:]), text("status"), text("password"),
        text("wlanssid"), Field(key: "swarm_key", absent: 0), Field(key: "device_key", absent: 0),
        text("swarm_name"), Field(key: "description", absent: .null), text("architecture"), text("serial_number"),
        Field(key: "authentication", absent: [:]), text("swarm_owner_name"), text("config_passphrase"),
        text("device_endpoint_url"), optionalText("environment"), text("docker_registry_url"),
        optionalText("insecure-registries"), text("docker_main_repository"), optionalText("appliance_domain"),
        optionalText("update_url"),
    ]

    /// The members with known keys in their canonical spelling; of two spellings of one key the last wins. Unknown keys
    /// stay as they are.
    static func canonical(_ object: Object, _ fields: [Field]) -> Object {
        let spellings = Dictionary(fields.map { ($0.key, $0.key) }, uniquingKeysWith: { first, _ in first })
        return Object(object.map { (spellings[$0.key.lowercased()] ?? $0.key, $0.value) })
    }

    /// The members as they are written: known keys in order with their defaults, then the unknown ones in theirs.
    static func ordered(_ object: Object, _ fields: [Field]) -> Object {
        var result: Object = [:]
        for field in fields {
            let value = object[field.key]
            if let absent = field.absent {
                result[field.key] = value.flatMap { $0.isNull ? nil : $0 } ?? absent
            } else if let value, !value.isNull, value != "" {
                result[field.key] = value
            }
        }
        let known = Set(fields.map(\.key))
        for (key, value) in object where !known.contains(key) { result[key] = value }
        return result
    }
}
