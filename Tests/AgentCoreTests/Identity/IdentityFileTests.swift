import AgentCore
import DeviceProtocol
import Testing
import Values

/// A file in the layout of 8.2, as an agent writes it.
private let canonical = """
    {
     "name": "device-b",
     "secret": "s3cret",
     "board": {
      "cpu": "x86",
      "docs": null,
      "board": "pc",
      "model": "generic",
      "boardname": "PC",
      "modelname": "Generic \\u0026 Co",
      "reflasher": false,
      "architecture": "amd64"
     },
     "status": "DISCONNECTED",
     "password": "",
     "wlanssid": "",
     "swarm_key": 2,
     "device_key": 3,
     "swarm_name": "demo_swarm",
     "description": null,
     "architecture": "amd64",
     "serial_number": "c6aa09d3-3dbd-4830-a230-bf75cdd7f149",
     "authentication": {
      "key": "",
      "certificate": ""
     },
     "swarm_owner_name": "marko",
     "config_passphrase": "",
     "device_endpoint_url": "ws://localhost:18083/ws-re-dev",
     "environment": "local",
     "docker_registry_url": "localhost:5001/",
     "insecure-registries": "['localhost:5001']",
     "docker_main_repository": "apps/"
    }
    """

private func file(_ text: String = canonical) throws -> IdentityFile { try IdentityFile(bytes: Array(text.utf8)) }

private func text(_ file: IdentityFile) throws -> String { String(decoding: try file.encoded(), as: UTF8.self) }

private let minimal = """
    {"Name": "d", "SECRET": "x", "swarm_key": "2", "device_key": 3.0, "serial_number": "S",
     "device_endpoint_url": "wss://h/ws", "owner_account_key": 7, "board": {"zeta": 1, "Model": "appliance", "alpha": [2]}}
    """

@Suite("The identity file")
struct IdentityFileTests {
    @Test("S3: an unchanged identity is byte-identical after load and save")
    func unchanged() throws {
        let identity = try file()
        try identity.validate()
        #expect(try text(identity) == canonical)
        #expect(!identity.isChanged)
    }

    @Test("S2: integers come in any integral shape, text included, and that is no change")
    func integralShapes() throws {
        let identity = try file(minimal)
        try identity.validate()
        #expect(identity.swarmKey == 2)
        #expect(identity.deviceKey == 3)
        #expect(identity.authID == "2-3")
        #expect(!identity.isChanged)
        #expect(try text(identity).contains("\n \"swarm_key\": 2,\n"))
    }

    @Test("S2: unknown keys live on, at top level and in board, after the known ones and in their order")
    func unknownKeys() throws {
        let written = try text(try file(minimal))
        #expect(written.hasSuffix("\"docker_main_repository\": \"\",\n \"owner_account_key\": 7\n}"))
        #expect(written.contains("\"architecture\": \"\",\n  \"zeta\": 1,\n  \"alpha\": [\n   2\n  ]\n }"))
        #expect(try file(written).isAppliance)
    }

    @Test("keys are compared without case")
    func caseInsensitive() throws {
        let identity = try file(minimal)
        #expect(identity.text("name") == "d")
        #expect(identity.text("secret") == "x")
        #expect(identity.isAppliance)
    }

    @Test("empty optional keys are left out, all others are always written")
    func omission() throws {
        let written = try text(try file(minimal))
        for key in ["environment", "insecure-registries", "appliance_domain", "update_url"] {
            #expect(!written.contains("\"\(key)\""))
        }
        for key in ["status", "password", "description", "authentication", "config_passphrase"] {
            #expect(written.contains("\n \"\(key)\":"))
        }
    }

    @Test("S4: a refresh without news changes nothing, so nothing is written")
    func noNews() throws {
        var identity = try file()
        identity.refresh(
            from: DeviceMetadata(deviceName: "device-b", swarmName: "demo_swarm", ownerName: "marko", swarmKey: 2))
        #expect(!identity.isChanged)
        identity.refresh(from: DeviceMetadata())
        #expect(!identity.isChanged)
    }

    @Test("news of the backend change their fields and nothing else")
    func news() throws {
        var identity = try file()
        identity.refresh(from: DeviceMetadata(deviceName: "renamed", swarmKey: 9))
        #expect(identity.isChanged)
        #expect(
            try text(identity)
                == canonical.replacing("\"name\": \"device-b\"", with: "\"name\": \"renamed\"")
                .replacing("\"swarm_key\": 2", with: "\"swarm_key\": 9"))
    }

    @Test("S5: the two legacy values are rewritten, any other text is untouched")
    func legacy() throws {
        var old = try file(
            canonical.replacing("localhost:5001/\"", with: "registry.reswarm.io/\"")
                .replacing("ws://localhost:18083/ws-re-dev", with: "wss://cbw.record-evolution.com/ws-re-dev"))
        old.applyLegacyRewrites()
        #expect(old.text("docker_registry_url") == "registry.ironflock.com/")
        #expect(old.text("device_endpoint_url") == "wss://cbw.ironflock.com/ws-re-dev")
        #expect(old.text("environment") == "local")
        #expect(old.isChanged)
        var other = try file()
        other.applyLegacyRewrites()
        #expect(!other.isChanged)
        var similar = try file(
            canonical.replacing("localhost:5001/\"", with: "registry.reswarm.io/x\"")
                .replacing("ws://localhost:18083/ws-re-dev", with: "wss://cbw.record-evolution.com/ws-re-dev2"))
        similar.applyLegacyRewrites()
        #expect(!similar.isChanged)
    }

    @Test("S6: a legacy endpoint without environment makes the device a production device (S-59)")
    func legacyChannel() throws {
        var old = try file(minimal.replacing("wss://h/ws", with: "wss://cbw.record-evolution.com/ws-re-dev"))
        old.applyLegacyRewrites()
        #expect(old.text("environment") == "production")
        #expect(try file(text(old)).text("environment") == "production")
        #expect(old.context().environment == "production")
    }

    @Test(
        "a file without what is needed is refused by the field's name",
        arguments: ["secret", "serial_number", "device_endpoint_url"])
    func missing(_ key: String) throws {
        let value = try #require(try file()[key]?.string)
        let identity = try file(canonical.replacing("\"\(value)\"", with: "\"\""))
        #expect(throws: IdentityError.self) { try identity.validate() }
        do throws(IdentityError) { try identity.validate() } catch { #expect(error.code == .invalid(field: key)) }
    }

    @Test(
        "keys must be positive integers and the endpoint a WebSocket URL",
        arguments: [
            ("\"device_key\": 3", "\"device_key\": 0", "device_key"),
            ("\"device_key\": 3", "\"device_key\": -3", "device_key"),
            ("\"swarm_key\": 2", "\"swarm_key\": 2.5", "swarm_key"),
            ("\"swarm_key\": 2", "\"swarm_key\": \"two\"", "swarm_key"),
            ("ws://localhost", "http://localhost", "device_endpoint_url"),
            ("ws://localhost", "tcp://localhost", "device_endpoint_url"),
        ])
    func invalid(_ from: String, _ to: String, _ field: String) throws {
        let identity = try file(canonical.replacing(from, with: to))
        do throws(IdentityError) {
            try identity.validate()
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalid(field: field))
        }
    }

    @Test("what is no JSON object is refused", arguments: ["{", "[]", "3", "\"x\"", "{\"a\":1}x", "nope"])
    func undecodable(_ text: String) {
        do throws(IdentityError) {
            _ = try IdentityFile(bytes: Array(text.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.code == .undecodable)
        }
    }

    @Test("no error text holds a value of the file")
    func noSecrets() throws {
        let identity = try file(canonical.replacing("ws://localhost", with: "http://user:hidden@localhost"))
        do throws(IdentityError) { try identity.validate() } catch { #expect(!error.description.contains("hidden")) }
    }

    @Test("the context holds what apps and reports need")
    func context() throws {
        let context = try file().context(platformURL: "https://p", credentialKey: "k")
        #expect(context.serialNumber == "c6aa09d3-3dbd-4830-a230-bf75cdd7f149")
        #expect(context.deviceName == "device-b")
        #expect(context.ownerName == "marko")
        #expect(context.registryURL + context.mainRepository == "localhost:5001/apps/")
        #expect(context.platformURL == "https://p")
        #expect(context.credentialKey == "k")
        #expect(context.secret == "s3cret")
    }
}

@Suite("Which identity a start uses")
struct IdentityRecoveryTests {
    private let bytes = Array(canonical.utf8)
    private let renamed = Array(canonical.replacing("device-b", with: "other-name").utf8)

    @Test("S1: after a write that was cut at any byte, a start sees the old or the new content of the same device")
    func interrupted() throws {
        for length in 0...renamed.count {
            switch IdentityRecovery.decide(main: Array(renamed.prefix(length)), backup: bytes) {
            case .main(let used): #expect(try used == IdentityFile(bytes: renamed))
            case .backup(let used, _): #expect(try used == IdentityFile(bytes: bytes))
            case .refuse(let error):
                // Cut before the device key: nothing proves that the backup is of this device.
                #expect(error.code == .undecodable)
                #expect(length < canonical.utf8.count / 2)
            }
        }
    }

    @Test("a good file is used, whatever the backup says")
    func good() throws {
        #expect(try IdentityRecovery.decide(main: bytes, backup: renamed) == .main(IdentityFile(bytes: bytes)))
    }

    @Test("an empty file is replaced by a good backup", arguments: ["", " \n", "\0\0\0"])
    func empty(_ main: String) throws {
        guard case .backup(let used, let error) = IdentityRecovery.decide(main: Array(main.utf8), backup: bytes) else {
            Issue.record("backup not used")
            return
        }
        #expect(used.deviceKey == 3)
        #expect(error.code == .empty)
    }

    @Test("S2: a damaged file is refused unless the backup is of the same device")
    func damaged() {
        let broken = Array((canonical.dropLast(2)).utf8)
        let foreign = Array(canonical.replacing("\"device_key\": 3", with: "\"device_key\": 33").utf8)
        guard case .backup = IdentityRecovery.decide(main: broken, backup: bytes) else {
            Issue.record("backup not used")
            return
        }
        for backup in [foreign, nil, broken, []] as [[UInt8]?] {
            guard case .refuse = IdentityRecovery.decide(main: broken, backup: backup) else {
                Issue.record("not refused")
                continue
            }
        }
    }

    @Test("a device key that was cut in the middle of its digits proves nothing")
    func cutDigits() {
        let cut = Array("{\"device_key\": 3".utf8)
        guard case .refuse = IdentityRecovery.decide(main: cut, backup: bytes) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("a file that decodes but is invalid, or a missing one, is refused and not replaced")
    func invalidOrMissing() {
        let invalid = Array(canonical.replacing("s3cret", with: "").utf8)
        #expect(
            IdentityRecovery.decide(main: invalid, backup: bytes)
                == .refuse(IdentityError(.invalid(field: "secret"), "the identity file has no secret")))
        guard case .refuse(let error) = IdentityRecovery.decide(main: nil, backup: bytes) else {
            Issue.record("not refused")
            return
        }
        #expect(error.code == .absent)
    }
}
