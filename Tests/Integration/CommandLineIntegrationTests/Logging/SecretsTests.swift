import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMP
import WAMPTestKit

/// Where secrets may be after a run in which all of them were used (system.md 8.4).
@Suite("Secrets in files", .serialized)
struct SecretsTests {
    private static let registryPassword = "a-registry-password-0123456789"
    private static let proxyPassword = "a-proxy-password-0123456789"

    /// Every regular file of a directory with its content.
    private static func files(below path: String) -> [(path: String, content: Data)] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.compactMap { name in
            FileManager.default.contents(atPath: path + "/" + name).map { (name, $0) }
        }
    }

    private static func request(_ app: TestImage) -> Object {
        [
            "app_key": .integer(app.appKey), "app_name": .string(app.name), "stage": "PROD", "target_state": "RUNNING",
            "current_state": "UNINSTALLED", "manually_requested_state": "RUNNING", "release_key": 11,
            "new_release_key": 11, "requestor_account_key": 42, "device_owner_account_key": 42, "device_key": 3,
            "swarm_key": 2, "version": "1.0.0", "present_version": "1.0.0", "newest_version": "1.0.0",
            "image": .string(app.reference()), "credential_epoch": 1, "instance_key": 77,
            "docker_credentials": [
                "registry.example": ["username": "somebody", "password": .string(registryPassword)]
            ],
        ]
    }

    @Test("S60: after a full run every secret is in its own place and nowhere else, also with -debugMessaging")
    func everyFile() async throws {
        for service in ["docker", "registry"] { try await requireService(service) }
        let app = TestImage(appKey: 960, name: "secretapp")
        try await app.publish()
        try await AgentUnderTest.with { agent in
            let process = try agent.program.start(
                AgentUnderTest.connectedFlags + ["-debugMessaging", "-prettyLogging"],
                environment: ["HTTPS_PROXY": "http://somebody:\(Self.proxyPassword)@127.0.0.1:9"])
            await agent.connect()
            try await agent.router.invoke(
                "re.mgmt.S-1.request_app_state", Payload(kwargs: Self.request(app)), caller: "system")
            let isRunning = await eventually(within: .seconds(60)) {
                agent.router.calls(of: "reswarm.containers.update_app_on_device")
                    .contains { $0.first?["state"]?.string == "RUNNING" }
            }
            #expect(isRunning, "\(agent.program.log.suffix(4000))")
            process.signal(SIGTERM)
            #expect(await process.waitForExit() == 0)

            let files = Self.files(below: agent.workspace.path)
            let credential = "apps/prod/secretapp/env/APP_AUTH_SECRET.txt"
            let appSecret = files.first { $0.path == credential }.map { String(decoding: $0.content, as: UTF8.self) }
            #expect((appSecret?.count ?? 0) >= 16, "\(files.map(\.path))")
            let places = [
                (AgentUnderTest.secret, ["device.flock"]),
                (appSecret?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "", [credential]),
                (BackendAnswers.credentialKey, ["agent/credential.key"]), (BackendAnswers.registryToken, []),
                (Self.registryPassword, []), (Self.proxyPassword, []), ("a-challenge-to-be-signed", []),
            ]
            for (secret, allowed) in places {
                let found = files.filter { $0.content.range(of: Data(secret.utf8)) != nil }.map(\.path)
                #expect(found == allowed, "a secret is in \(found), allowed is \(allowed)")
                #expect(!process.text.contains(secret), "a secret was on the console")
            }
            // The search would find it: the name of the app is in several files.
            #expect(files.count { $0.content.range(of: Data(app.name.utf8)) != nil } >= 2)
        }
        await app.clean()
    }
}
