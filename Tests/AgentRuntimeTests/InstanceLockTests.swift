import AgentRuntime
import Files
import Testing

@Suite("Single instance (system.md 0.3)")
struct InstanceLockTests {
    private func failure(_ machinePath: String, _ directory: String) -> InstanceLock.Failure? {
        do throws(InstanceLock.Failure) {
            _ = try InstanceLock(machinePath: machinePath, agentDirectory: directory)
            return nil
        } catch {
            return error
        }
    }

    @Test("the path is that of the reference, so that old and new agents exclude each other")
    func path() { #expect(InstanceLock.machinePath == "/tmp/ironflock-reagent.lock") }

    @Test("S12: a second instance is refused and told how to stop the first; afterwards it may start")
    func second() async throws {
        try await withTemporaryDirectory { directory in
            let machine = directory + "/machine.lock"
            do {
                let first = try InstanceLock(machinePath: machine, agentDirectory: directory + "/one")
                let refused = failure(machine, directory + "/two")
                #expect(refused == .anotherInstance(path: machine))
                #expect(refused?.description.contains("systemctl stop reagent") == true)
                withExtendedLifetime(first) {}
            }
            #expect(failure(machine, directory + "/two") == nil)
            #expect(try FileStatus.of(machine).mode & 0o600 == 0o600)
        }
    }

    @Test("two agents of one directory exclude each other also without a common /tmp (S-29)")
    func sameDirectory() async throws {
        try await withTemporaryDirectory { directory in
            let first = try InstanceLock(machinePath: directory + "/a", agentDirectory: directory + "/agent")
            #expect(
                failure(directory + "/b", directory + "/agent")
                    == .anotherInstance(path: directory + "/agent/instance.lock"))
            // The half-taken lock was given back.
            #expect(failure(directory + "/b", directory + "/other") == nil)
            withExtendedLifetime(first) {}
        }
    }

    @Test("no file of the lock has a name that the supervisor takes for a program (S-5)")
    func names() { #expect(!InstanceLock.directoryName.contains("reagent-")) }

    @Test("a lock that cannot be made is an error that names the file")
    func unusable() async throws {
        try await withTemporaryDirectory { directory in
            #expect(failure(directory + "/no/lock", directory)?.description.contains("/no/lock") == true)
            try AtomicFile.write([], to: directory + "/file")
            #expect(failure(directory + "/a", directory + "/file/agent") != nil)
        }
    }
}
