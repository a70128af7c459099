public import AgentCore
public import AsyncSupport
public import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// This Linux machine, read from `/proc`, `/etc` and the system's calls (system.md 4.3 to 4.6).
public actor LinuxHostFacts: HostFacts {
    /// Where apps' images lie on devices that keep them on a partition of their own.
    static let dockerAppsPath = "/opt/reagent/docker-apps"
    /// How long an answer about the engine's data root is good. It changes only with the engine's configuration, and to
    /// ask costs the engine more than everything else that an idle device does.
    static let dataRootLifetime: Duration = .seconds(600)

    private let root: String
    private let time: any TimeSource
    private let dockerDataRoot: @Sendable () async -> String?
    private let question = SingleFlight<Int, String?>()
    private var knownDataRoot: (path: String, until: Duration)?
    private var lastSample: CPUTimes?

    /// - Parameters:
    ///   - root: Prefix of every file that is read; empty but for tests.
    ///   - time: For how long an answer of the engine is remembered.
    ///   - dockerDataRoot: Asks the engine for its data root, nil when unknown (S-46).
    public init(
        root: String = "", time: any TimeSource = SystemTime(),
        dockerDataRoot: @escaping @Sendable () async -> String? = { nil }
    ) {
        self.root = root
        self.time = time
        self.dockerDataRoot = dockerDataRoot
        lastSample = SystemFile.text(root + "/proc/stat").flatMap(CPUTimes.init(procStat:))
    }

    /// Asks the engine what the first report will need, so that the report does not wait for it.
    public func prepare() async { _ = await dataRoot() }

    public func statistics() async -> Object {
        let dataRoot = await dataRoot()
        let memory = SystemFile.text(root + "/proc/meminfo").map(MemoryUse.init(procMeminfo:)) ?? MemoryUse()
        let storage = StorageUse(path: root.isEmpty ? "/" : root) ?? StorageUse()
        let docker = dataRoot.flatMap { StorageUse(path: $0) } ?? StorageUse(path: root + Self.dockerAppsPath)
        let (count, usage) = sampleCPU()
        return [
            "cpu_count": .int(count), "cpu_usage": .double(usage), "memory_total": .integer(memory.total),
            "memory_used": .integer(memory.used), "memory_available": .integer(memory.available),
            "storage_total": .integer(storage.total), "storage_used": .integer(storage.used),
            "storage_free": .integer(storage.free), "docker_apps_total": .integer(docker?.total ?? 0),
            "docker_apps_used": .integer(docker?.used ?? 0), "docker_apps_free": .integer(docker?.free ?? 0),
            "docker_apps_mounted": .bool(docker.map { $0.total != storage.total } ?? false),
        ]
    }

    public func platform() async -> Platform {
        let kernel = KernelName.current()
        let (architecture, variant) = Architecture.current(machine: kernel.machine)
        let distribution = Distribution(
            osRelease: SystemFile.text(root + "/etc/os-release") ?? SystemFile.text(root + "/usr/lib/os-release"),
            debianVersion: SystemFile.text(root + "/etc/debian_version"))
        let words = [
            "linux", distribution.name == "linux" ? "" : distribution.name, distribution.version, kernel.release,
        ]
        return Platform(
            description: words.filter { !$0.isEmpty }.joined(separator: " "), architecture: architecture,
            variant: variant)
    }

    public func addresses() async -> [InterfaceAddress] { NetworkInterfaces.addresses() }

    public func lanAddress() async -> String? {
        DefaultRoute.sourceAddress() ?? DefaultRoute.fallback(among: NetworkInterfaces.addresses())
    }

    public func hasGPU() async -> Bool {
        GraphicsDetection.isNvidia(
            hasDriverDirectory: SystemFile.isDirectory(root + "/usr/lib/nvidia"),
            linkerCache: SystemFile.bytes(root + "/etc/ld.so.cache") ?? [],
            model: SystemFile.text(root + "/proc/device-tree/model") ?? "")
    }

    public func directoryExists(_ path: String) async -> Bool { SystemFile.isDirectory(root + path) }

    /// An engine that does not answer is asked again the next time.
    private func dataRoot() async -> String? {
        if let known = knownDataRoot, time.monotonic < known.until { return known.path }
        // The first report must not ask beside the question of the start.
        let path = try? await question.run(0) { await dockerDataRoot() }
        knownDataRoot = path.map { ($0, time.monotonic + Self.dataRootLifetime) }
        return path
    }

    /// CPUs, and percent of all of them busy since the previous sample.
    private func sampleCPU() -> (Int64, Double) {
        guard let sample = SystemFile.text(root + "/proc/stat").flatMap(CPUTimes.init(procStat:)) else { return (0, 0) }
        defer { lastSample = sample }
        return (sample.count, lastSample.map { sample.usage(since: $0) } ?? 0)
    }
}
