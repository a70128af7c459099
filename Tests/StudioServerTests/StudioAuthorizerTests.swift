import Logging
import StudioCore
import Synchronization
import Testing
import Values
import WAMP

@testable import StudioServer

@Suite("The rules as the router asks them")
struct StudioAuthorizerTests {
    @Test("a device that joined has the names of its own serial number, and no others")
    func device() async throws {
        try await RouterFixture.with { fixture in
            let own = try #require(try await fixture.bench.enrol("a")["serial_number"]?.string)
            let other = try #require(try await fixture.bench.enrol("b")["serial_number"]?.string)
            _ = try await fixture.join("1-1").get()
            for verb in [RouterVerb.register, .publish, .subscribe] {
                #expect(fixture.allows(verb, "re.mgmt.\(own).x", authID: "1-1"))
                #expect(!fixture.allows(verb, "re.mgmt.\(other).x", authID: "1-1"))
            }
            #expect(fixture.allows(.subscribe, "re.mgmt.\(own).", match: .prefix, authID: "1-1"))
            #expect(!fixture.allows(.subscribe, "re.mgmt.", match: .prefix, authID: "1-1"))
            #expect(!fixture.allows(.subscribe, "re.mgmt..x", match: .wildcard, authID: "1-1"))
            #expect(fixture.allows(.call, "reswarm.devices.get_app_cred_key", authID: "1-1"))
        }
    }

    @Test("a device that never asked to join may do nothing, nor may a name in another role")
    func unknown() async throws {
        try await RouterFixture.with { fixture in
            let own = try #require(try await fixture.bench.enrol()["serial_number"]?.string)
            #expect(!fixture.allows(.register, "re.mgmt.\(own).x", authID: "1-1"))
            _ = try await fixture.join("1-1").get()
            #expect(!fixture.allows(.register, "re.mgmt.\(own).x", authID: "1-1", role: "operator"))
            #expect(!fixture.allows(.call, "studio.device.list", authID: "1-1", role: "operator"))
            #expect(fixture.allows(.call, "studio.device.list", authID: "operator", role: "operator"))
            #expect(fixture.allows(.register, "studio.device.list", authID: "system", role: "backend"))
        }
    }

    @Test("the first refusals of a session are logged, a flood of them is not; names are cut")
    func denials() {
        let lines = Lines()
        let log = DenialLog(logger: Logger(label: "rules") { _ in lines })
        for number in 0..<100 {
            log.note(session: 1, authID: "1-1", verb: "call", uri: "com.x.\(number)", reason: "no")
        }
        #expect(lines.all.count == 5)
        log.note(session: 2, authID: "1-2", verb: "call", uri: String(repeating: "x", count: 5_000), reason: "no")
        #expect(lines.all.count == 6)
        #expect(lines.all.allSatisfy { $0.utf8.count < 300 })
        for session in 0..<5_000 {
            log.note(session: UInt64(session), authID: "1-1", verb: "call", uri: "x", reason: "no")
        }
        #expect(lines.all.count >= 5_000, "another session is heard again")
    }
}

/// Keeps the metadata of log lines.
private final class Lines: LogHandler {
    private let memory = Mutex<[String]>([])
    var all: [String] { memory.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        memory.withLock { $0.append("\(event.metadata?["uri"] ?? "")") }
    }
}
