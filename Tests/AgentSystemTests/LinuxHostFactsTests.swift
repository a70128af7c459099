import AgentCore
import AsyncSupport
import AsyncTestKit
import Synchronization
import Testing
import Values

@testable import AgentSystem

private let procStat = """
    cpu  100 0 100 700 100 0 0 0 0 0
    cpu0 50 0 50 350 50 0 0 0 0 0
    cpu1 50 0 50 350 50 0 0 0 0 0
    intr 1
    """

@Suite("Statistics")
struct StatisticsTests {
    @Test("CPU times are read from the first line of /proc/stat; idle includes waiting for storage")
    func cpuTimes() {
        #expect(CPUTimes(procStat: procStat) == CPUTimes(total: 1000, idle: 800, count: 2))
        #expect(CPUTimes(procStat: "") == nil)
        #expect(CPUTimes(procStat: "cpu x y") == nil)
        #expect(CPUTimes(procStat: "cpu 1 2 3") == nil)
    }

    @Test("guest time is not counted twice")
    func guest() {
        #expect(CPUTimes(procStat: "cpu 100 0 100 700 0 0 0 0 90 0\ncpu0 0 0 0 0")?.total == 900)
    }

    @Test("usage is percent since the earlier sample")
    func usage() {
        let first = CPUTimes(total: 1000, idle: 800, count: 2)
        #expect(CPUTimes(total: 1200, idle: 950, count: 2).usage(since: first) == 25)
        #expect(CPUTimes(total: 1200, idle: 800, count: 2).usage(since: first) == 100)
    }

    @Test("no time passed, or counters that went back, are 0 percent")
    func noTime() {
        let first = CPUTimes(total: 1000, idle: 800, count: 2)
        #expect(first.usage(since: first) == 0)
        #expect(CPUTimes(total: 900, idle: 700, count: 2).usage(since: first) == 0)
        #expect(CPUTimes(total: 1100, idle: 790, count: 2).usage(since: first) == 0)
    }

    @Test("memory: used is what is not available")
    func memory() {
        let use = MemoryUse(procMeminfo: "MemTotal:  1000 kB\nMemFree: 100 kB\nMemAvailable:   600 kB\n")
        #expect(use.total == 1_024_000)
        #expect(use.available == 614_400)
        #expect(use.used == 409_600)
    }

    @Test("memory of an old kernel without MemAvailable, and of an unreadable text")
    func oldMemory() {
        let use = MemoryUse(procMeminfo: "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 10 kB\nCached: 90 kB")
        #expect(use.available == 200 * 1024)
        #expect(MemoryUse(procMeminfo: "junk").used == 0)
    }

    @Test("a path that does not exist has no file system")
    func noPath() { #expect(StorageUse(path: "/does/not/exist") == nil) }
}

@Suite("What the platform is called")
struct PlatformTests {
    @Test("Debian is told by its point release")
    func debian() {
        let distribution = Distribution(osRelease: "ID=debian\nVERSION_ID=\"12\"\n", debianVersion: "12.11\n")
        #expect(distribution.name == "debian")
        #expect(distribution.version == "12.11")
    }

    @Test("others by VERSION_ID; nothing known is nothing said")
    func others() {
        let ubuntu = Distribution(
            osRelease: "NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID='22.04'\n", debianVersion: "bookworm/sid")
        #expect(ubuntu.name == "ubuntu")
        #expect(ubuntu.version == "22.04")
        let unknown = Distribution(osRelease: nil, debianVersion: nil)
        #expect(unknown.name.isEmpty && unknown.version.isEmpty)
    }

    @Test(
        "the variant of a 32-bit ARM program follows the kernel's machine name",
        arguments: [("armv7l", "v7"), ("armv6l", "v6"), ("armv5tel", "v5"), ("armv8l", "v7"), ("aarch64", "v7")])
    func variants(_ machine: String, _ variant: String) { #expect(Architecture.variant(machine: machine) == variant) }

    @Test("NVIDIA is found by directory, linker cache or device tree, and by nothing else")
    func graphics() {
        let cache = Array("\0/usr/lib/libc.so.6\0libnvidia-ml.so.1\0".utf8)
        #expect(GraphicsDetection.isNvidia(hasDriverDirectory: true, linkerCache: [], model: ""))
        #expect(GraphicsDetection.isNvidia(hasDriverDirectory: false, linkerCache: cache, model: ""))
        #expect(GraphicsDetection.isNvidia(hasDriverDirectory: false, linkerCache: [], model: "NVIDIA Jetson\0"))
        #expect(
            !GraphicsDetection.isNvidia(hasDriverDirectory: false, linkerCache: Array("libnvidi".utf8), model: "Pi"))
    }
}

@Suite("Addresses")
struct AddressTests {
    @Test("the fall-back is the first address that is not of a container network")
    func fallback() {
        func address(_ interface: String, _ text: String, v6: Bool = false) -> InterfaceAddress {
            InterfaceAddress(interface: interface, address: text, mask: [], isIPv6: v6)
        }
        let addresses = [
            address("lo", "127.0.0.1"), address("docker0", "172.17.0.1"), address("veth12", "172.18.0.2"),
            address("br-12", "172.19.0.1"), address("eth0", "fe80::1", v6: true), address("wlan0", "192.168.1.5"),
        ]
        #expect(DefaultRoute.fallback(among: addresses) == "192.168.1.5")
        #expect(DefaultRoute.fallback(among: Array(addresses.dropLast())) == nil)
    }

    @Test("addresses are written in their text forms")
    func text() {
        #expect(SocketAddress.text(of: [192, 0, 2, 2]) == "192.0.2.2")
        #expect(SocketAddress.text(of: [UInt8](repeating: 0, count: 15) + [1]) == "::1")
        #expect(SocketAddress.text(of: [1, 2, 3]) == nil)
    }

    @Test("this machine has its loopback address with its mask")
    func loopback() async {
        let addresses = await LinuxHostFacts().addresses()
        #expect(
            addresses.contains(
                InterfaceAddress(interface: "lo", address: "127.0.0.1", mask: [255, 0, 0, 0], isIPv6: false)))
        #expect(addresses.allSatisfy { $0.mask.count == ($0.isIPv6 ? 16 : 4) })
    }
}

@Suite("Facts of this machine")
struct LinuxHostFactsTests {
    @Test("statistics carry exactly the keys of the wire, with sensible numbers")
    func statistics() async throws {
        let statistics = await LinuxHostFacts().statistics()
        #expect(
            Set(statistics.keys) == [
                "cpu_count", "cpu_usage", "memory_total", "memory_used", "memory_available", "storage_total",
                "storage_used", "storage_free", "docker_apps_total", "docker_apps_used", "docker_apps_free",
                "docker_apps_mounted",
            ])
        func number(_ key: String) throws -> UInt64 { try #require(statistics[key].flatMap(LenientInteger.unsigned)) }
        #expect(try number("cpu_count") >= 1)
        #expect(try number("memory_total") == number("memory_used") + number("memory_available"))
        #expect(try number("storage_total") > 0)
        #expect(try number("storage_used") <= number("storage_total"))
    }

    @Test("without a directory of its own the docker numbers are zero; with the engine's root they are that root's")
    func dockerNumbers() async {
        let without = await LinuxHostFacts(root: "/proc/self/nothing").statistics()
        #expect(without["docker_apps_total"] == 0)
        #expect(without["docker_apps_mounted"] == false)
        #expect(without["cpu_count"] == 0)
        let with = await LinuxHostFacts(dockerDataRoot: { "/" }).statistics()
        #expect(with["docker_apps_total"] == with["storage_total"])
        #expect(with["docker_apps_mounted"] == false)
    }

    @Test("the engine is asked for its data root again after ten minutes, and each time when it did not answer")
    func dataRootIsRemembered() async {
        let time = ManualTime()
        let answers = Mutex<[String?]>(["/", "/proc", nil])
        let facts = LinuxHostFacts(time: time) { answers.withLock { $0.popLast() ?? nil } }
        #expect(await facts.statistics()["docker_apps_total"] == 0)
        let proc = await facts.statistics()
        #expect(answers.withLock { $0 } == ["/"])
        time.advance(by: .seconds(599))
        #expect(await facts.statistics()["docker_apps_total"] == proc["docker_apps_total"])
        #expect(answers.withLock { $0 } == ["/"])
        time.advance(by: .seconds(1))
        let root = await facts.statistics()
        #expect(root["docker_apps_total"] == root["storage_total"])
        #expect(answers.withLock { $0 }.isEmpty)
    }

    @Test("two reports that need the engine's answer at the same moment ask once")
    func oneQuestion() async {
        let (asked, answer) = (Gate(), Gate())
        let questions = Mutex(0)
        let facts = LinuxHostFacts(time: ManualTime()) {
            questions.withLock { $0 += 1 }
            await asked.open()
            try? await answer.wait()
            return "/"
        }
        async let early: Void = facts.prepare()
        try? await asked.wait()
        async let statistics = facts.statistics()
        for _ in 0..<50 { await Task.yield() }
        await answer.open()
        await early
        #expect(await statistics["docker_apps_mounted"] == false)
        #expect(questions.withLock { $0 } == 1)
    }

    @Test("the platform names system and kernel")
    func platform() async {
        let platform = await LinuxHostFacts().platform()
        #expect(platform.description.hasPrefix("linux "))
        #expect(!platform.architecture.isEmpty)
    }

    @Test("directories are told from files and from nothing")
    func directories() async {
        let facts = LinuxHostFacts()
        #expect(await facts.directoryExists("/proc"))
        #expect(await !facts.directoryExists("/proc/stat"))
        #expect(await !facts.directoryExists("/does/not/exist"))
    }
}
