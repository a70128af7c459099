import Foundation
import StudioCore
import StudioServer
import Testing
import WAMP

@testable import StudioCommands

@Suite("How commands find the router")
struct RouterAccessTests {
    private static let ofSystem = RouterAccess(
        url: "ws://127.0.0.1:1/ws", realm: "realm1", account: .system(secret: "s\"ecret"))
    private static let ofOperator = RouterAccess(url: "ws://127.0.0.1:1/ws", realm: "realm1", account: .operator)

    private static func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "access-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    @Test("what was saved is loaded", arguments: [ofSystem, ofOperator])
    func roundTrip(access: RouterAccess) throws {
        try Self.inDirectory { directory in
            try access.save(in: directory)
            #expect(try RouterAccess.load(from: directory) == access)
        }
    }

    @Test("a file of an earlier version is the one of somebody else's router")
    func earlier() throws {
        try Self.inDirectory { directory in
            let text = #"{"url": "ws://127.0.0.1:1/ws", "realm": "realm1", "secret": "s\"ecret"}"#
            try text.write(toFile: RouterAccess.path(in: directory), atomically: true, encoding: .utf8)
            #expect(try RouterAccess.load(from: directory) == Self.ofSystem)
        }
    }

    @Test("the file holds a secret and is for its owner alone, also where it was open before")
    func mode() throws {
        try Self.inDirectory { directory in
            let path = RouterAccess.path(in: directory)
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644])
            try Self.ofSystem.save(in: directory)
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
        arguments: [
            "", "{", "[]", #"{"url": "ws://x", "realm": "r"}"#, #"{"url": 1, "realm": "r", "secret": "hush"}"#,
            #"{"url": "ws://x", "realm": "r", "account": "hush"}"#,
        ])
    func damaged(text: String) throws {
        try Self.inDirectory { directory in
            try text.write(toFile: RouterAccess.path(in: directory), atomically: true, encoding: .utf8)
            let error = #expect(throws: StudioError.self) { _ = try RouterAccess.load(from: directory) }
            #expect(error?.message.contains(RouterAccess.path(in: directory)) == true)
            #expect(error?.message.contains("hush") == false)
        }
    }

    // MARK: The way in

    @Test("on somebody else's router commands are `system`, whatever lies in the directory")
    func system() throws {
        try Self.inDirectory { directory in
            _ = try OperatorSecret.loadOrCreate(in: directory)
            let way = try Self.ofSystem.way(in: directory)
            #expect(way.url == Self.ofSystem.url)
            #expect(way.authentication == .wampcra(authID: "system", secret: "s\"ecret"))
        }
    }

    @Test("on the studio's own router they prove the operator's secret where there is no socket")
    func secret() throws {
        try Self.inDirectory { directory in
            let secret = try OperatorSecret.loadOrCreate(in: directory)
            let way = try Self.ofOperator.way(in: directory)
            #expect(way.url == Self.ofOperator.url)
            #expect(way.authentication == .wampcra(authID: "operator", secret: secret))
        }
    }

    @Test("a file that is no socket is not taken for one, and a missing secret is said")
    func neither() throws {
        try Self.inDirectory { directory in
            try "x".write(toFile: directory + "/studio.sock", atomically: true, encoding: .utf8)
            let error = #expect(throws: StudioError.self) { _ = try Self.ofOperator.way(in: directory) }
            #expect(error?.message.contains("operator.secret") == true)
        }
    }

    @Test("a path that no socket can have is none; a relative one is made absolute")
    func socketPath() throws {
        #expect(StudioSocket.path(in: "/" + String(repeating: "d", count: 87)) != nil)
        #expect(StudioSocket.path(in: "/" + String(repeating: "d", count: 88)) == nil)
        let path = StudioSocket.path(in: "d")
        #expect(path == nil || path == FileManager.default.currentDirectoryPath + "/d/studio.sock")
    }
}
