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
}
