import Foundation
import Testing

@Suite("Purity of the protocol machines")
struct PurityTests {
    static let allowed: [String: Set<String>] = [
        "Authentication": ["Crypto", "CryptoExtras", "Values"], "Codecs": ["NIOCore", "Values"], "Errors": ["Values"],
        "Identifiers": ["Values"], "Messages": ["Values"], "Router": ["AsyncSupport", "Crypto", "Values"],
        "Session": ["Values"],
    ]

    @Test("The sources import what computes, nothing that does I/O, keeps time or starts threads")
    func imports() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/WAMP")
        let folders = try FileManager.default.contentsOfDirectory(atPath: sources.path)
        #expect(Set(folders) == Set(Self.allowed.keys))
        for folder in folders {
            let files = try FileManager.default.subpathsOfDirectory(atPath: sources.appending(path: folder).path)
            #expect(!files.isEmpty)
            for file in files where file.hasSuffix(".swift") {
                let text = try String(
                    contentsOf: sources.appending(path: folder).appending(path: file), encoding: .utf8)
                let imported = text.split(separator: "\n").map { $0.split(separator: " ") }
                    .filter { $0.contains("import") && !$0.contains("//") && !$0.contains("///") }
                    .compactMap { $0.last.map(String.init) }
                #expect(Set(imported).isSubset(of: Self.allowed[folder] ?? []), "\(folder)/\(file): \(imported)")
                #expect(!text.contains("Task {") && !text.contains("async "), "\(folder)/\(file)")
                #expect(!text.contains("WallTime.now") && !text.contains("SystemTime"), "\(folder)/\(file)")
            }
        }
    }
}
