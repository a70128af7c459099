import Foundation
import Values

/// The real `reagent` program under test, in a private mount namespace of its own so that its machine-wide lock in
/// `/tmp` meets no other agent (system.md 0.3).
public struct AgentProgram: Sendable {
    public let workspace: Workspace
    public let identity: Identity

    /// What a test device is.
    public struct Identity: Sendable {
        public var serial: String
        public var swarmKey: UInt64 = 2
        public var deviceKey: UInt64 = 3
        public var secret: String
        public var endpoint: String
        /// With the trailing slash.
        public var registry = TestEnvironment["TEST_REGISTRY"] + "/"

        public init(serial: String, secret: String, endpoint: String) {
            self.serial = serial
            self.secret = secret
            self.endpoint = endpoint
        }

        var file: Value {
            [
                "name": "device-b", "secret": .string(secret), "board": ["model": ""], "status": "DISCONNECTED",
                "password": "", "wlanssid": "", "swarm_key": .integer(swarmKey), "device_key": .integer(deviceKey),
                "swarm_name": "demo_swarm", "description": nil, "architecture": "", "serial_number": .string(serial),
                "authentication": ["key": "", "certificate": ""], "swarm_owner_name": "marko",
                "config_passphrase": "", "device_endpoint_url": .string(endpoint), "environment": "local",
                "docker_registry_url": .string(registry), "docker_main_repository": "apps/",
            ]
        }
    }

    public init(workspace: Workspace, identity: Identity) throws {
        self.workspace = workspace
        self.identity = identity
        let file = try JSON.encode(identity.file, style: .goIndented(1))
        try Data(file).write(to: URL(fileURLWithPath: workspace.file("device.flock")))
    }

    /// An agent with an identity file as somebody else made it; it is written as it is.
    public init(workspace: Workspace, identityFile text: String) throws {
        self.workspace = workspace
        let file = try JSON.decode(text)
        var identity = Identity(
            serial: file["serial_number"]?.string ?? "", secret: file["secret"]?.string ?? "",
            endpoint: file["device_endpoint_url"]?.string ?? "")
        identity.swarmKey = LenientInteger.unsigned(file["swarm_key"] ?? .null) ?? 0
        identity.deviceKey = LenientInteger.unsigned(file["device_key"] ?? .null) ?? 0
        self.identity = identity
        try Data(text.utf8).write(to: URL(fileURLWithPath: workspace.file("device.flock")))
    }

    /// Starts the program. `killAt` names a point at which a debug build kills itself (docs/decisions).
    /// - Parameter prelude: shell commands before, each followed by `&&`, in the namespace of the program.
    public func start(
        _ flags: [String] = [], environment: [String: String] = [:], prelude: String = ""
    ) throws -> TestProcess {
        let arguments =
            [
                "-config", workspace.file("device.flock"), "-agentDir", workspace.file("agent"), "-appsDir",
                workspace.file("apps"), "-dbFileName", workspace.file("agent/reagent.db"), "-logFile",
                workspace.file("reagent.log"), "-nmw=false",
            ] + flags
        // Does not outlive a test run that was killed.
        let watch = "(while kill -0 \(getpid()) && kill -0 $$; do sleep 1; done; kill -9 $$) >/dev/null 2>&1 9<&- &"
        // Opened before: this package may itself be below /tmp.
        let script =
            "exec 9<\"$0\" && mount -t tmpfs none /tmp && { \(watch) } && \(prelude)exec /proc/self/fd/9 \"$@\""
        return try TestProcess(
            "/usr/bin/unshare",
            ["--mount", "--propagation", "private", "/bin/sh", "-c", script, Workspace.program("reagent")] + arguments,
            environment: environment)
    }

    /// The agent's log so far.
    public var log: String {
        (try? String(contentsOfFile: workspace.file("reagent.log"), encoding: .utf8)) ?? ""
    }
}
