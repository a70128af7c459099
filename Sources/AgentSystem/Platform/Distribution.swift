/// Name and version of the Linux distribution (system.md 4.5); empty when unknown.
struct Distribution: Equatable {
    var name = ""
    var version = ""

    /// - Parameters:
    ///   - osRelease: Text of `/etc/os-release`.
    ///   - debianVersion: Text of `/etc/debian_version`, which on Debian tells the point release.
    init(osRelease: String?, debianVersion: String?) {
        let values = Self.parse(osRelease ?? "")
        name = values["ID"] ?? ""
        version = values["VERSION_ID"] ?? ""
        guard name == "debian" || name == "raspbian", let point = debianVersion?.split(separator: "\n").first else {
            return
        }
        version = String(point)
    }

    /// `KEY=value` lines, values with or without quotes.
    private static func parse(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            values[String(parts[0])] = String(parts[1].filter { $0 != "\"" && $0 != "'" })
        }
        return values
    }
}
