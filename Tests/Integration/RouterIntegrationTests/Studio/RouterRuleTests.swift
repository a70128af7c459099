import AsyncSupport
import Foundation
import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTransport

/// The studio's own router with real clients on it: what it refuses, and that it says so.
@Suite("Who gets in and what they may do, on the real studio's own router", .serialized)
struct RouterRuleTests {
    private static let quiet = Logger(label: "client") { _ in SwiftLogNoOpLogHandler() }

    private struct Member: Sendable {
        let authID: String
        let serial: String
        let secret: String
    }

    private static func configuration(
        _ studio: StudioFixture, _ authentication: Authentication, realm: String = "realm1"
    ) -> WAMPClientConfiguration {
        WAMPClientConfiguration(
            url: studio.url, realm: realm, authentication: authentication, connectTimeout: .seconds(10))
    }

    private static func enrol(_ name: String, _ studio: StudioFixture) async throws -> Member {
        let file = try JSON.decode(try await studio.command("device", "add", name))
        let key = try #require(file["device_key"].flatMap(LenientInteger.unsigned))
        return Member(
            authID: "1-\(key)", serial: try #require(file["serial_number"]?.string),
            secret: try #require(file["secret"]?.string))
    }

    /// Two devices joined as plain clients; the body gets the session of the first.
    private static func neighbours(
        _ body: @escaping @Sendable (StudioFixture, WAMPSession, Member, WAMPSession, Member) async throws -> Void
    ) async throws {
        try await StudioFixture.with(.embedded, services: []) { studio in
            let own = try await enrol("own", studio)
            let other = try await enrol("other", studio)
            try await WAMPClient.withSession(
                configuration(studio, .wampcra(authID: own.authID, secret: own.secret)), logger: quiet
            ) { session in
                try await WAMPClient.withSession(
                    configuration(studio, .wampcra(authID: other.authID, secret: other.secret)), logger: quiet
                ) { try await body(studio, session, own, $0, other) }
            }
        }
    }

    private static func refused(_ what: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("\(what) was not refused")
        } catch {
            #expect((error as? WAMPError)?.uri == "wamp.error.not_authorized", "\(what): \(error)")
        }
    }

    @Test("register: a device has its own procedures and none of its neighbour's, the studio's or the router's")
    func register() async throws {
        try await Self.neighbours { studio, session, own, neighbour, other in
            _ = try await neighbour.register("re.mgmt.\(other.serial).get_images") { _ in Reply(["other"]) }
            _ = try await session.register("re.mgmt.\(own.serial).get_images") { _ in Reply(["own"]) }
            for name in [
                "re.mgmt.\(other.serial).get_images", "re.mgmt.\(other.serial).wamp_connection_established",
                "studio.device.add", "studio.authenticate", "reswarm.devices.get_app_cred_key",
                "reswarm.devices.update_device_status",
            ] {
                for options: Object in [[:], ["force_reregister": true]] {
                    await Self.refused("\(name) \(options)") {
                        _ = try await session.register(name, options: options) { _ in Reply() }
                    }
                }
            }
            let pattern = await #expect(throws: WAMPError.self, "no session registers patterns here") {
                _ = try await session.register("re.mgmt.", options: ["match": "prefix"]) { _ in Reply() }
            }
            #expect(pattern?.uri == "wamp.error.option_not_allowed")
            #expect(try await studio.devices().count == 2, "the studio's procedures are still its own")
        }
    }

    @Test("call: a device calls the backend, and neither its neighbour nor the studio's operator procedures")
    func call() async throws {
        try await Self.neighbours { _, session, own, neighbour, other in
            _ = try await neighbour.register("re.mgmt.\(other.serial).get_images") { _ in Reply(["other"]) }
            let key = try await session.call("reswarm.devices.get_app_cred_key")
            #expect(key.args.first?.string?.isEmpty == false)
            for name in [
                "re.mgmt.\(other.serial).get_images", "studio.device.list", "studio.device.add", "studio.authenticate",
                "wamp.session.list", "wamp.session.kill_all", "wamp.registration.list",
            ] {
                await Self.refused(name) { _ = try await session.call(name, ["realm1", "1-2", [:]]) }
            }
            let claim: Object = ["forward_for": [["session": 1, "authid": "system", "authrole": "backend"]]]
            await Self.refused("another one's status") {
                _ = try await session.call(
                    "reswarm.devices.update_device_status", [["device_key": 2, "status": "EMERGENCY"]],
                    options: CallOptions(additional: claim))
            }
        }
    }

    @Test("publish: a device has its own topics; on its neighbour's nothing arrives, also not by its testament")
    func publish() async throws {
        try await Self.neighbours { studio, session, own, neighbour, other in
            let topic = "re.mgmt.\(other.serial).term_write.1"
            let events = try await neighbour.subscribe("re.mgmt.\(other.serial).", options: ["match": "prefix"])
            _ = try await session.publishAcknowledged("reswarm.logs.\(own.serial).prod_1_x", ["line"])
            for name in [topic, "reswarm.logs.\(other.serial).prod_1_x", "studio.changes", "reswarm.logs.x"] {
                await Self.refused(name) { _ = try await session.publishAcknowledged(name, ["forged"]) }
                try await session.publish(name, ["forged"])
            }
            // A third session of the first device leaves a will for the neighbour's topic.
            let configuration = Self.configuration(studio, .wampcra(authID: own.authID, secret: own.secret))
            try await WAMPClient.withSession(configuration, logger: Self.quiet) { will in
                _ = try? await will.call("wamp.session.add_testament", [.string(topic), ["forged"], [:]])
            }
            _ = try await neighbour.publishAcknowledged(
                topic, ["true"], options: PublishOptions(additional: ["exclude_me": false]))
            for await event in events {
                #expect(event.args == ["true"])
                break
            }
        }
    }

    @Test("subscribe: a device hears its own topics and the router's news, and no pattern that fits a neighbour")
    func subscribe() async throws {
        try await Self.neighbours { _, session, own, _, other in
            _ = try await session.subscribe("re.mgmt.\(own.serial).term_write.1")
            _ = try await session.subscribe("re.mgmt.\(own.serial).", options: ["match": "prefix"])
            _ = try await session.subscribe("wamp.subscription.on_create")
            let refused: [(String, Object)] = [
                ("re.mgmt.\(other.serial).term_write.1", [:]), ("reswarm.logs.\(other.serial).prod_1_x", [:]),
                ("studio.changes", [:]), ("reswarm.api.testament_device", [:]), ("wamp.session.on_join", [:]),
                ("re.mgmt.", ["match": "prefix"]), ("", ["match": "prefix"]), ("reswarm.logs.", ["match": "prefix"]),
                ("re.mgmt.\(own.serial)", ["match": "prefix"]), ("re.mgmt..term_write.1", ["match": "wildcard"]),
                ("....", ["match": "wildcard"]),
            ]
            for (topic, options) in refused {
                await Self.refused("\(topic) \(options)") { _ = try await session.subscribe(topic, options: options) }
            }
        }
    }

    // MARK: Getting in

    private static func reason(
        _ studio: StudioFixture, _ authentication: Authentication, realm: String = "realm1"
    ) async -> String? {
        do {
            try await WAMPClient.withSession(
                configuration(studio, authentication, realm: realm), logger: quiet
            ) { _ in }
            return nil
        } catch {
            return (error as? WAMPError)?.uri ?? "\(error)"
        }
    }

    @Test(
        "nobody comes in from the network without a name and the right secret; the operator's secret makes no `system`")
    func strangers() async throws {
        try await StudioFixture.with(.embedded, services: []) { studio in
            let secret = try String(contentsOfFile: studio.workspace.file("studio/operator.secret"), encoding: .utf8)
            #expect(await Self.reason(studio, .wampcra(authID: "operator", secret: secret)) == nil)
            #expect(await Self.reason(studio, .wampcra(authID: "operator", secret: "")) != nil)
            let refused: [Authentication] = [
                .wampcra(authID: "operator", secret: "0000"), .wampcra(authID: "system", secret: secret),
                .wampcra(authID: "1-1", secret: secret), .wampcra(authID: "42", secret: secret),
            ]
            for authentication in refused {
                let reason = await Self.reason(studio, authentication)
                #expect(reason == "wamp.error.not_authorized", "\(authentication)")
            }
            #expect(await Self.reason(studio, .anonymous) == "wamp.error.no_auth_method")
            let ticket = await Self.reason(studio, .ticket(authID: "operator", ticket: secret))
            #expect(ticket == "wamp.error.no_auth_method")
            let realm = await Self.reason(studio, .wampcra(authID: "operator", secret: secret), realm: "realm2")
            #expect(realm == "wamp.error.no_such_realm")
        }
    }

    @Test("the operator's secret and the access file are for their owner alone; the socket too")
    func modes() async throws {
        try await StudioFixture.with(.embedded, services: []) { studio in
            for name in ["operator.secret", "router.json", "studio.db", "studio.sock"] {
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: studio.workspace.file("studio/\(name)"))
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
            }
        }
    }

    @Test("commands work without the socket too, by the operator's secret")
    func withoutSocket() async throws {
        try await StudioFixture.with(.embedded, services: []) { studio in
            let elsewhere = studio.workspace.file("copy")
            let copy = try await TestEnvironment.shell(
                "mkdir \(elsewhere) && cp \(studio.workspace.file("studio"))/{router.json,operator.secret} \(elsewhere)"
            )
            try #require(copy.status == 0, "\(copy.output)")
            let program = Workspace.program("studio")
            let list = try await TestEnvironment.shell("\(program) devices --output json --data \(elsewhere)")
            #expect(list.status == 0 && list.output == "[]\n", "\(list.output)")
            _ = try await TestEnvironment.shell("echo 00000000000000000000000000000000 >\(elsewhere)/operator.secret")
            let wrong = try await TestEnvironment.shell("\(program) devices --data \(elsewhere)")
            #expect(wrong.status != 0 && wrong.output.contains("signature"), "\(wrong.output)")
        }
    }

    @Test("a data directory whose path no socket can have is served over loopback, and the studio says so")
    func longPath() async throws {
        try await Workspace.with { workspace in
            let data = workspace.file(String(repeating: "d", count: 90))
            let program = Workspace.program("studio")
            let studio = try TestProcess(program, ["serve", "--data", data, "--listen", "127.0.0.1:0"])
            defer { studio.signal(SIGKILL) }
            #expect(await eventually { studio.text.contains("studio: serving on ") || !studio.isRunning })
            #expect(studio.text.contains("is too long for a socket"), "\(studio.text)")
            let list = try await TestEnvironment.shell("\(program) devices --output json --data \(data)")
            #expect(list.status == 0 && list.output == "[]\n", "\(list.output)")
            studio.signal(SIGTERM)
            #expect(await studio.waitForExit() == 0)
        }
    }

    @Test("a port that is taken, a certificate that is none, and a killed studio's leftovers are said or survived")
    func starting() async throws {
        try await StudioFixture.with(.embedded, services: []) { studio in
            let port = studio.url.split(separator: ":")[2].prefix { $0.isNumber }
            let program = Workspace.program("studio")
            let second = try TestProcess(
                program, ["serve", "--data", studio.workspace.file("second"), "--listen", "127.0.0.1:\(port)"])
            let status = await second.waitForExit()
            #expect(status != 0 && second.text.contains("\(port)"), "\(second.text)")
            let files = ["--tls-cert", "/nonexistent.pem", "--tls-key", "/nonexistent.pem"]
            let third = try TestProcess(
                program, ["serve", "--data", studio.workspace.file("third"), "--listen", "127.0.0.1:0"] + files)
            #expect(await third.waitForExit() != 0)
            #expect(third.text.contains("/nonexistent.pem"), "\(third.text)")
            try await studio.killAndRestart()
            #expect(try await studio.devices() == [])
            await studio.kill()
            let gone = try studio.start("devices")
            #expect(await gone.waitForExit() != 0)
            #expect(gone.text.contains("is `studio serve` running"), "\(gone.text)")
            try await studio.killAndRestart()
        }
    }

    @Test("beyond loopback without TLS the studio warns; identity files name the machine")
    func warning() async throws {
        try await Workspace.with { workspace in
            let studio = try TestProcess(
                Workspace.program("studio"), ["serve", "--data", workspace.file("studio"), "--listen", "0.0.0.0:0"])
            defer { studio.signal(SIGKILL) }
            #expect(await eventually { studio.text.contains("studio: serving on ") || !studio.isRunning })
            #expect(studio.text.contains("without TLS"), "\(studio.text)")
            #expect(studio.text.contains("identity files name ws://"), "\(studio.text)")
            studio.signal(SIGTERM)
            #expect(await studio.waitForExit() == 0)
        }
    }

    @Test("with a certificate devices come by TLS, and identity files say so; a client that does not know it stays out")
    func tls() async throws {
        try await Workspace.with { workspace in
            let made = try await TestEnvironment.shell(
                "cd \(workspace.path) && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
                    + "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem")
            try #require(made.status == 0, "\(made.output)")
            let (program, data) = (Workspace.program("studio"), workspace.file("studio"))
            let studio = try TestProcess(
                program,
                [
                    "serve", "--data", data, "--listen", "localhost:\(try freePort())", "--tls-cert",
                    workspace.file("cert.pem"), "--tls-key", workspace.file("key.pem"),
                ])
            defer { studio.signal(SIGKILL) }
            #expect(await eventually { studio.text.contains("studio: serving on wss://") || !studio.isRunning })
            let added = try await TestEnvironment.shell("\(program) device add own --data \(data)")
            let identity = try JSON.decode(added.output)
            var configuration = WAMPClientConfiguration(
                url: try #require(identity["device_endpoint_url"]?.string), realm: "realm1",
                authentication: .wampcra(authID: "1-1", secret: try #require(identity["secret"]?.string)),
                connectTimeout: .seconds(10))
            #expect(configuration.url.hasPrefix("wss://localhost:"))
            await #expect(throws: WAMPError.self) {
                try await WAMPClient.withSession(configuration, logger: Self.quiet) { _ in }
            }
            let certificate = try Data(contentsOf: URL(fileURLWithPath: workspace.file("cert.pem")))
            configuration.trustRoots = .pem(Array(certificate))
            try await WAMPClient.withSession(configuration, logger: Self.quiet) { session in
                _ = try await session.call("reswarm.devices.get_app_cred_key")
            }
            studio.signal(SIGTERM)
            #expect(await studio.waitForExit() == 0)
        }
    }

    @Test("a second session with a device's identity is let in, said in the log and shown by `studio devices`")
    func twice() async throws {
        try await Self.neighbours { studio, session, own, _, _ in
            let presence = "re.mgmt.\(own.serial).wamp_connection_established"
            _ = try await session.register(presence) { _ in Reply(["Hello :-)"]) }
            let configuration = Self.configuration(studio, .wampcra(authID: own.authID, secret: own.secret))
            try await WAMPClient.withSession(configuration, logger: Self.quiet) { second in
                let error = await #expect(throws: WAMPError.self) {
                    _ = try await second.register(presence) { _ in Reply() }
                }
                #expect(error?.uri == "wamp.error.procedure_already_exists", "the first one goes on")
                let isShown = try await eventually { try await studio.command("devices").contains(", 2 sessions") }
                #expect(isShown)
                #expect(await studio.text.contains("device identity \(own.authID) has 2 sessions"))
            }
            #expect(try await eventually { try await !studio.command("devices").contains("sessions") })
        }
    }

    @Test("guessing a secret is judged some twenty times, then not at all for a while; commands of the socket go on")
    func guessing() async throws {
        try await StudioFixture.with(.embedded, services: []) { studio in
            let own = try await Self.enrol("own", studio)
            var reasons: [String: Int] = [:]
            for guess in 0..<60 {
                let reason = await Self.reason(studio, .wampcra(authID: own.authID, secret: "guess-\(guess)"))
                reasons[reason ?? "in", default: 0] += 1
            }
            let judged = reasons["wamp.error.not_authorized", default: 0]
            #expect((1...35).contains(judged), "\(reasons)")
            #expect(reasons["wamp.error.unavailable", default: 0] == 60 - judged, "\(reasons)")
            #expect(try await studio.devices().count == 1)
        }
    }
}
