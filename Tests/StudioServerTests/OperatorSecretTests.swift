import Foundation
import StudioCore
import StudioServer
import Testing

@Suite("The operator's secret")
struct OperatorSecretTests {
    private static func mode(_ path: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test("it is made once, for its owner alone, and differs from studio to studio")
    func made() async throws {
        try await Bench.inDirectory { first in
            #expect(try OperatorSecret.load(from: first) == nil)
            let secret = try OperatorSecret.loadOrCreate(in: first)
            #expect(secret.count == 64)
            #expect(try Self.mode(OperatorSecret.path(in: first)) == 0o600)
            #expect(try OperatorSecret.loadOrCreate(in: first) == secret)
            #expect(try OperatorSecret.load(from: first) == secret)
            try await Bench.inDirectory { second in
                let other = try OperatorSecret.loadOrCreate(in: second)
                #expect(other != secret)
            }
        }
    }

    @Test("a line end that an editor left is no part of it")
    func lineEnd() async throws {
        try await Bench.inDirectory { directory in
            let secret = try OperatorSecret.loadOrCreate(in: directory)
            try (secret + "\n").write(toFile: OperatorSecret.path(in: directory), atomically: true, encoding: .utf8)
            #expect(try OperatorSecret.load(from: directory) == secret)
        }
    }

    @Test("a damaged file is named and neither used nor replaced", arguments: ["", "short", "zz", "ä"])
    func damaged(text: String) async throws {
        try await Bench.inDirectory { directory in
            let path = OperatorSecret.path(in: directory)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: StudioError.self) { _ = try OperatorSecret.loadOrCreate(in: directory) }
            #expect(error?.message.contains(path) == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }

    @Test("a directory that is not there is an error, not another secret")
    func nowhere() {
        #expect(throws: StudioError.self) { _ = try OperatorSecret.loadOrCreate(in: "/nonexistent/studio") }
    }
}
