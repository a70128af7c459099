import AgentCore
import AgentRuntime
import DeviceProtocol
import Files
import Testing
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Identity on the disk (system.md 8)")
struct IdentityStoreTests {
    private func failure(_ path: String) -> IdentityError.Code? {
        do throws(IdentityError) {
            _ = try IdentityStore(loading: path, logger: silent)
            return nil
        } catch {
            return error.code
        }
    }

    private func rename(_ store: IdentityStore, to name: String) async {
        await store.update { $0.refresh(from: DeviceMetadata(deviceName: name)) }
    }

    @Test("S4: nothing changed, nothing written, whatever the layout of the file")
    func unchanged() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path)
            let before = try FileStatus.of(path)
            let store = try IdentityStore(loading: path, logger: silent)
            await store.save()
            await rename(store, to: "dev")
            #expect(try FileStatus.of(path) == before)
            #expect(try text(path) == identityText())
            #expect(try Directory.list(directory) == ["d.flock"])
        }
    }

    @Test("S1: a change is written atomically with the old content as backup; unknown keys and the mode stay")
    func changed() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path, mode: 0o644)
            let store = try IdentityStore(loading: path, logger: silent)
            await rename(store, to: "new name")
            let written = try IdentityFile(bytes: AtomicFile.read(path))
            #expect(written.text("name") == "new name")
            #expect(written["mystery"] == [1])
            #expect(written.deviceKey == 3)
            #expect(try text(path + ".bak") == identityText())
            #expect(try FileStatus.of(path).mode == 0o644)
            let after = try FileStatus.of(path)
            await rename(store, to: "new name")
            #expect(try FileStatus.of(path) == after)
        }
    }

    @Test("S3: a file in the reference's layout keeps its bytes through a change and the change back")
    func stableLayout() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(IdentityFile(bytes: bytes(identityText())).encoded(), to: path)
            let original = try text(path)
            let store = try IdentityStore(loading: path, logger: silent)
            await rename(store, to: "x")
            await rename(store, to: "dev")
            #expect(try text(path) == original)
        }
    }

    @Test("S5: a legacy endpoint is rewritten and saved at the start")
    func legacy() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            let old = identityText(endpoint: "wss://cbw.record-evolution.com/ws-re-dev")
            try AtomicFile.write(bytes(old), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            await store.save()
            let written = try IdentityFile(bytes: AtomicFile.read(path))
            #expect(written.text("device_endpoint_url") == "wss://cbw.ironflock.com/ws-re-dev")
            #expect(try text(path + ".bak") == old)
        }
    }

    @Test(
        "S2: a file that cannot be used is refused and not touched",
        arguments: [
            ("{\"name\":", IdentityError.Code.undecodable), ("[]", .undecodable), ("", .empty), (" \n", .empty),
            (identityText(key: "0"), .invalid(field: "device_key")),
            (identityText(endpoint: "http://x"), .invalid(field: "device_endpoint_url")),
        ])
    func refused(content: String, code: IdentityError.Code) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(content), to: path)
            #expect(failure(path) == code)
            #expect(try text(path) == content)
            #expect(try Directory.list(directory) == ["d.flock"])
        }
    }

    @Test("S2: a missing file, and a directory in its place, are refused")
    func missing() async throws {
        try await withTemporaryDirectory { directory in
            #expect(failure(directory + "/none") == .absent)
            #expect(failure(directory) != nil)
        }
    }

    @Test("S2: numbers as text are accepted, and accepting them is no change")
    func numericText() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText(key: "\"4294967296\"")), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            await store.save()
            #expect(await store.identity.deviceKey == 4_294_967_296)
            #expect(try text(path) == identityText(key: "\"4294967296\""))
        }
    }

    @Test("S2: an empty file with a good backup starts; the next change restores the file, the backup stays good")
    func backup() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write([], to: path)
            try AtomicFile.write(bytes(identityText()), to: path + ".bak")
            let store = try IdentityStore(loading: path, logger: silent)
            await store.save()
            #expect(try text(path) == "")
            await rename(store, to: "x")
            #expect(try IdentityFile(bytes: AtomicFile.read(path)).text("name") == "x")
            #expect(try text(path + ".bak") == identityText())
        }
    }

    @Test("S2: a damaged file of the same device is replaced by its backup's content only at a change, and kept aside")
    func damaged() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            let damaged = "{\"device_key\": 3, \"name\": oops}"
            try AtomicFile.write(bytes(damaged), to: path)
            try AtomicFile.write(bytes(identityText()), to: path + ".bak")
            let store = try IdentityStore(loading: path, logger: silent)
            #expect(try text(path) == damaged)
            await rename(store, to: "x")
            #expect(try IdentityFile(bytes: AtomicFile.read(path)).text("name") == "x")
            #expect(try text(path + ".damaged") == damaged)
            #expect(try text(path + ".bak") == identityText())
        }
    }

    @Test("S2: a file that cannot be written: the change counts in memory, and is written with a later one")
    func unwritable() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            // Root may write read-only files; a directory in the place of the backup stops the write for everybody.
            try Directory.create(path + ".bak")
            await rename(store, to: "x")
            #expect(await store.identity.text("name") == "x")
            #expect(try text(path) == identityText())
            try Directory.remove(path + ".bak")
            await rename(store, to: "x")
            #expect(try IdentityFile(bytes: AtomicFile.read(path)).text("name") == "x")
        }
    }

    @Test("through a link the file behind it is written, and the link stays (2.2)")
    func link() async throws {
        try await withTemporaryDirectory { directory in
            try Directory.create(directory + "/boot")
            try AtomicFile.write(bytes(identityText()), to: directory + "/boot/real.flock")
            let path = directory + "/device-config.flock"
            #expect(symlink("boot/real.flock", path) == 0)
            let store = try IdentityStore(loading: path, logger: silent)
            await rename(store, to: "x")
            #expect(try FileStatus.of(path, followLinks: false).kind == .symbolicLink)
            #expect(try Directory.list(directory + "/boot") == ["real.flock", "real.flock.bak"])
            #expect(!(await store.changedOnDisk()))
        }
    }

    @Test("a change by somebody else is noticed and read; a broken one is not taken over, and not asked for again")
    func changedOnDisk() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            #expect(!(await store.changedOnDisk()))
            await rename(store, to: "ours")
            #expect(!(await store.changedOnDisk()))
            try AtomicFile.write(bytes(identityText(name: "theirs")), to: path)
            #expect(await store.changedOnDisk())
            #expect(try await store.reload().text("name") == "theirs")
            #expect(!(await store.changedOnDisk()))
            try AtomicFile.write(bytes("{"), to: path)
            try Directory.remove(path + ".bak")
            #expect(await store.changedOnDisk())
            await #expect(throws: IdentityError.self) { try await store.reload() }
            #expect(await store.identity.text("name") == "theirs")
            #expect(!(await store.changedOnDisk()))
        }
    }

    @Test("what somebody writes while the agent runs is not lost when the backend changes a value")
    func foreignChange() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            let theirs = identityText(endpoint: "ws://router.example/ws")
            try AtomicFile.write(bytes(theirs), to: path)
            await rename(store, to: "new name")
            let written = try IdentityFile(bytes: AtomicFile.read(path))
            #expect(written.text("device_endpoint_url") == "ws://router.example/ws")
            #expect(written.text("name") == "new name")
            #expect(try text(path + ".bak") == theirs)
        }
    }

    @Test(
        "a file that is half-written while the agent runs: the identity in memory goes on, the file is left alone, and the whole one is taken over",
        arguments: ["", "{\"name\":\"dev\",\"secret\":", "{\"name\":\"dev\"}", "[]"])
    func halfWritten(_ half: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            await rename(store, to: "first")
            try AtomicFile.write(bytes(half), to: path)
            // There is a good backup, but what is in memory is newer.
            #expect(try text(path + ".bak") == identityText())
            await #expect(throws: IdentityError.self) { try await store.reload() }
            #expect(await store.identity.text("name") == "first")
            await rename(store, to: "second")
            #expect(await store.identity.text("name") == "second")
            #expect(try text(path) == half)
            try AtomicFile.write(bytes(identityText(key: "9")), to: path)
            #expect(await store.changedOnDisk())
            #expect(try await store.reload().deviceKey == 9)
            await rename(store, to: "third")
            #expect(try IdentityFile(bytes: AtomicFile.read(path)).text("name") == "third")
        }
    }

    @Test("a file that is removed while the agent runs is not made again: somebody wanted it gone")
    func removed() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            try Directory.remove(path)
            #expect(await store.changedOnDisk())
            await rename(store, to: "x")
            #expect(try Directory.list(directory) == [])
            #expect(await store.identity.text("name") == "x")
        }
    }

    @Test("a change is told once, until the next one")
    func newChange() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            try AtomicFile.write(bytes(identityText()), to: path)
            let store = try IdentityStore(loading: path, logger: silent)
            #expect(!(await store.newChange()))
            for name in ["one", "two"] {
                try AtomicFile.write(bytes(identityText(name: name)), to: path)
                #expect(await store.newChange())
                #expect(!(await store.newChange()))
            }
            try await store.reload()
            #expect(!(await store.newChange()))
        }
    }

    @Test("what is no regular file, or too large for an identity, is refused with a sentence and not waited for")
    func oddFiles() async throws {
        try await withTemporaryDirectory { directory in
            #expect(mkfifo(directory + "/pipe", 0o600) == 0)
            try AtomicFile.write([UInt8](repeating: 0x20, count: 2 << 20), to: directory + "/large")
            try Directory.create(directory + "/directory")
            for (name, sentence) in [
                ("pipe", "is no regular file"), ("large", "is larger than"), ("directory", "is a directory"),
            ] {
                let error = #expect(throws: IdentityError.self) {
                    try IdentityStore(loading: directory + "/" + name, logger: silent)
                }
                #expect(error?.message.contains(sentence) == true)
                #expect(error?.message.contains(directory + "/" + name) == true)
            }
        }
    }

    @Test(
        "the sentence names the field and what is wrong with it, never its value",
        arguments: [
            (
                "\"secret\":\"s3cret-of-device\"", "\"secret\":[\"s3cret-of-device\"]",
                "secret in the identity file is no text"
            ),
            ("\"secret\":\"s3cret-of-device\",", "", "the identity file has no secret"),
            ("\"swarm_key\":2", "\"swarm_key\":2.5", "no swarm_key that is a positive integer"),
            ("\"device_key\":3", "\"device_key\":-3", "no device_key that is a positive integer"),
            ("\"swarm_key\":2,", "", "no swarm_key that is a positive integer"),
            ("ws://127.0.0.1:8080/ws", "127.0.0.1:8080", "is neither a ws nor a wss URL"),
        ])
    func sentences(_ part: String, _ replacement: String, _ sentence: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/d.flock"
            let content = identityText().replacing(part, with: replacement)
            #expect(content != identityText())
            try AtomicFile.write(bytes(content), to: path)
            let error = #expect(throws: IdentityError.self) { try IdentityStore(loading: path, logger: silent) }
            #expect(error?.message.contains(sentence) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("s3cret") == false)
        }
    }
}
