import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMP

@Suite("The real agent and its disk", .serialized)
struct DiskFaultTests {
    /// A file system of 16 MiB that holds database and log of the agent. It is mounted in the agent's own mount namespace,
    /// so it goes with the agent, however that ends; the test reaches it through `/proc`.
    private struct SmallDisk {
        let device: SufferingDevice
        var image: String { device.workspace.file("disk.img") }

        func make() async throws {
            try await run(
                "truncate -s 16M \(image) && /usr/sbin/mkfs.ext4 -q -F -m 0 -b 1024 \(image) && mkdir -p "
                    + device.workspace.file("agent"))
        }

        var prelude: String { "mount -o loop \(image) \(device.workspace.file("agent")) && " }

        var flags: [String] { ["-logFile", device.workspace.file("agent/reagent.log"), "-debugMessaging"] }

        /// A path as the agent sees it.
        func path(_ name: String, of agent: TestProcess) -> String {
            "/proc/\(agent.pid)/root\(device.workspace.file("agent"))/\(name)"
        }

        func log(of agent: TestProcess) -> String {
            (try? Data(contentsOf: URL(fileURLWithPath: path("reagent.log", of: agent))))
                .map { String(decoding: $0, as: UTF8.self) } ?? ""
        }

        /// Until not a byte more goes in.
        func fill(_ agent: TestProcess) async throws {
            let file = path("fill", of: agent)
            _ = try await TestEnvironment.shell(
                "for size in 64k 1k 1; do dd if=/dev/zero bs=$size of=\(file)$size; done 2>/dev/null; sync")
        }

        func empty(_ agent: TestProcess) async throws { try await run("rm \(path("fill", of: agent))*; sync") }

        /// The error of a request for another app, with settings that no rest of a block has room for.
        func refusal(_ key: UInt64) async -> String? {
            let value = String(repeating: "x", count: 300_000)
            let payload = device.backend.request(
                "PRESENT", appKey: key, name: "big", environment: ["BIG": ["value": .string(value)]])
            do {
                _ = try await device.call("request_app_state", kwargs: payload)
                return nil
            } catch let error as WAMPError {
                return error.args.first?["error"]?.string ?? error.message
            } catch {
                return "\(error)"
            }
        }
    }

    @Test("a full disk: requests are refused with a sentence, apps and answers go on, and space heals everything")
    func full() async throws {
        try await SufferingDevice.with(appKey: 937, name: "fulldisk") { device in
            let disk = SmallDisk(device: device)
            try await disk.make()
            try await device.connected(disk.flags, prelude: disk.prelude) { agent in
                try await device.reach("RUNNING")
                try await disk.fill(agent)
                let refusal = await disk.refusal(9370)
                #expect(refusal?.contains("the disk is full") == true, "\(refusal ?? "taken")")
                for _ in 0..<30 { #expect(try await device.call("get_agent_metadata").isEmpty == false) }
                // Apps are watched and brought up as ever.
                device.backend.forgetReports()
                try await run("docker kill \(device.app.container)")
                #expect(await device.reported("FAILED"))
                #expect(await device.reported("RUNNING"))
                #expect(agent.isRunning)

                try await disk.empty(agent)
                #expect(await eventually { await disk.refusal(9371) == nil }, "space is found without a restart")
                _ = try await device.call("get_agent_metadata")
                let isTold = await eventually { disk.log(of: agent).contains(" lines were not written") }
                #expect(isTold, "\(disk.log(of: agent).suffix(2000))")
                try await device.reach("PRESENT")
                // In the agent's namespace: SQLite would follow the link of `/proc` back into this one.
                let file = device.workspace.file("agent/reagent.db")
                let rows = try await TestEnvironment.shell("nsenter -m -t \(agent.pid) \(Self.query(file))")
                #expect(rows.output == "[('ok',)]\n[(937, 'PRESENT')]\n", "\(rows.output)")
                try await device.reach("UNINSTALLED")
            }
        }
    }

    /// What the file holds, read while the agent has it: whole, the app with its state, and not the refused request.
    private static func query(_ path: String) -> String {
        "python3 -c \"import sqlite3; c = sqlite3.connect('\(path)'); "
            + "print(c.execute('PRAGMA integrity_check').fetchall()); "
            + "print(c.execute('SELECT app_key, state FROM AppStates WHERE app_key IN (937, 9370)').fetchall())\""
    }

    @Test("a disk that is full at the start: the agent connects and answers, knows its apps, and goes on with space")
    func fullAtStart() async throws {
        try await SufferingDevice.with(appKey: 938, name: "fullstart") { device in
            let disk = SmallDisk(device: device)
            try await disk.make()
            try await device.connected(disk.flags, prelude: disk.prelude) { agent in
                try await device.reach("RUNNING")
                try await disk.fill(agent)
            }
            let before = try await device.container()
            try await device.connected(disk.flags, prelude: disk.prelude) { agent in
                #expect(try await device.call("get_agent_metadata").isEmpty == false)
                let refusal = await disk.refusal(9380)
                #expect(
                    refusal?.contains("full") == true || refusal?.contains("the disk") == true, "\(refusal ?? "taken")")
                #expect(try await device.container() == before, "the app is left alone")
                try await disk.empty(agent)
                #expect(await eventually { await disk.refusal(9381) == nil })
                try await device.reach("PRESENT")
                try await device.reach("UNINSTALLED")
            }
        }
    }

    @Test("a disk with a few KiB left at the start: the index of the database's log ends no agent (SIGBUS)")
    func nearlyFullAtStart() async throws {
        try await SufferingDevice.with(appKey: 941, name: "nearlyfull") { device in
            let disk = SmallDisk(device: device)
            try await disk.make()
            // Ended in order, so that no index is left whose blocks the next start would have.
            try await device.connected(prelude: disk.prelude) { _ in try await device.reach("RUNNING") }
            let before = try await device.container()
            let fill = device.workspace.file("agent/fill")
            // With blocks of 1 KiB: from 8 KiB on each page of the index gets one block, and 32 KiB fill them all.
            for room in [4, 9, 12, 16, 20, 24, 28, 32, 40, 64, 80, 100, 140] {
                let left =
                    "{ rm -f \(fill)*; dd if=/dev/zero of=\(fill) bs=1k 2>/dev/null || true; } && "
                    + "truncate -s -\(room)K \(fill) && sync && "
                try await device.connected(prelude: disk.prelude + left) { agent in
                    let answer = try await device.call("get_agent_metadata")
                    let container = try await device.container()
                    #expect(!answer.isEmpty && agent.isRunning, "\(room) KiB")
                    #expect(container == before, "\(room) KiB: the app is left alone")
                    // The rest goes while it runs; what is written then finds every page of the index in its place.
                    try await disk.fill(agent)
                    for key in 9410..<9413 { _ = await disk.refusal(UInt64(key)) }
                    #expect(try await !device.call("get_agent_metadata").isEmpty)
                }
            }
            try await device.connected(prelude: disk.prelude + "rm \(fill)* && ") { _ in
                try await device.reach("UNINSTALLED")
            }
        }
    }

    @Test(
        "a write-protected disk: the apps on record are known and run on, requests are refused until it can be written")
    func writeProtected() async throws {
        try await SufferingDevice.with(appKey: 940, name: "readonly") { device in
            let disk = SmallDisk(device: device)
            try await disk.make()
            try await device.connected(disk.flags, prelude: disk.prelude) { _ in try await device.reach("RUNNING") }
            let before = try await device.container()
            let directory = device.workspace.file("agent")
            device.backend.forgetReports()
            let prelude = disk.prelude + "mount -o remount,ro \(directory) && "
            try await device.connected(disk.flags, prelude: prelude) { agent in
                let refusal = await disk.refusal(9400)
                #expect(refusal?.contains("the database can only be read") == true, "\(refusal ?? "taken")")
                #expect(await device.reported("RUNNING"), "the app is known from the database")
                #expect(try await device.container() == before)
                try await run("nsenter -m -t \(agent.pid) mount -o remount,rw \(directory)")
                #expect(await eventually { await disk.refusal(9401) == nil })
                try await device.reach("UNINSTALLED")
            }
        }
    }

    @Test("a damaged database: moved aside with a sentence, the app runs on untouched and is known again from the list")
    func damaged() async throws {
        try await SufferingDevice.with(appKey: 939, name: "damaged") { device in
            try await device.connected { _ in try await device.reach("RUNNING") }
            let before = try await device.container()
            let path = device.workspace.file("agent/reagent.db")
            let garbage = Data(repeating: 0x58, count: 9000)
            try garbage.write(to: URL(fileURLWithPath: path))
            device.backend.forgetReports()
            try await device.connected { _ in
                #expect(await device.reported("RUNNING"), "\(device.agent.log.suffix(3000))")
                #expect(device.logged("the database cannot be used, a new one is begun; the old one is kept as ") == 1)
                #expect(try await device.container() == before)
                let files = try FileManager.default.contentsOfDirectory(atPath: device.workspace.file("agent"))
                let kept = try #require(files.first { $0.hasPrefix("reagent.db.damaged-") })
                #expect(try Data(contentsOf: URL(fileURLWithPath: device.workspace.file("agent/\(kept)"))) == garbage)
                try await device.reach("UNINSTALLED")
            }
        }
    }
}
