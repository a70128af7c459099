import Foundation
import StudioCore
import Testing

@testable import StudioCommands

@Suite("How commands find the router")
struct RouterAccessTests {
    private static let access = RouterAccess(url: "ws://127.0.0.1:1/ws", realm: "realm1", secret: "s\"ecret")

    private static func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "access-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    @Test("what was saved is loaded")
    func roundTrip() throws {
        try Self.inDirectory { directory in
            try Self.access.save(in: directory)
            #expect(try RouterAccess.load(from: directory) == Self.access)
        }
    }

    @Test("the file holds a secret and is for its owner alone, also where it was open before")
    func mode() throws {
        try Self.inDirectory { directory in
            let path = RouterAccess.path(in: directory)
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644])
            try Self.access.save(in: directory)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test("without it the operator is told to serve first")
    func missing() throws {
        try Self.inDirectory { directory in
            let error = #expect(throws: StudioError.self) { _ = try RouterAccess.load(from: directory) }
            #expect(error?.message.contains("start `studio serve`") == true)
        }
    }

    @Test(
        "a damaged file is named, its contents are not",
        arguments: ["", "{", "[]", #"{"url": "ws://x", "realm": "r"}"#, #"{"url": 1, "realm": "r", "secret": "hush"}"#])
    func damaged(text: String) throws {
        try Self.inDirectory { directory in
            try text.write(toFile: RouterAccess.path(in: directory), atomically: true, encoding: .utf8)
            let error = #expect(throws: StudioError.self) { _ = try RouterAccess.load(from: directory) }
            #expect(error?.message.contains(RouterAccess.path(in: directory)) == true)
            #expect(error?.message.contains("hush") == false)
        }
    }
}
