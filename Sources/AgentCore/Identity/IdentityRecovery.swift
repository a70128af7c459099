/// Which of the identity file and its `.bak` a start uses (system.md 8.2, S-2). Decides only; touches nothing.
public enum IdentityRecovery: Sendable, Equatable {
    /// The main file is good.
    case main(IdentityFile)
    /// The main file is not, with the reason; its last good content is used.
    case backup(IdentityFile, IdentityError)
    /// The agent must not start; neither file is written.
    case refuse(IdentityError)

    /// - Parameters:
    ///   - main: Content of the file, nil when it does not exist.
    ///   - backup: Content of its `.bak`, nil when there is none.
    public static func decide(main: [UInt8]?, backup: [UInt8]?) -> IdentityRecovery {
        guard let main else { return .refuse(IdentityError(.absent, "there is no identity file")) }
        do throws(IdentityError) {
            let file = try IdentityFile(bytes: main)
            try file.validate()
            return .main(file)
        } catch {
            // A file that decodes is somebody's intention, right or wrong: the backup does not replace it.
            guard error.code == .empty || error.code == .undecodable, let saved = usable(backup),
                error.code == .empty || saved.deviceKey == deviceKey(inDamaged: main)
            else { return .refuse(error) }
            return .backup(saved, error)
        }
    }

    private static func usable(_ bytes: [UInt8]?) -> IdentityFile? {
        guard let bytes, let file = try? IdentityFile(bytes: bytes), (try? file.validate()) != nil else { return nil }
        return file
    }

    /// The device key of a text that is no JSON any more: the digits after `"device_key":`, if they end.
    static func deviceKey(inDamaged bytes: [UInt8]) -> UInt64? {
        let name = Array("\"device_key\"".utf8)
        let lowercased = bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        guard lowercased.count > name.count else { return nil }
        for start in 0..<(lowercased.count - name.count)
        where lowercased[start..<start + name.count].elementsEqual(name) {
            let rest = lowercased[(start + name.count)...].drop { $0 <= 0x20 }
            guard rest.first == UInt8(ascii: ":") else { continue }
            let value = rest.dropFirst().drop { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }
            let digits = value.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard digits.endIndex < value.endIndex else { return nil }
            return UInt64(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }
}
