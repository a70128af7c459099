import Foundation
import Synchronization

/// A child process of a test, its output in a file. Spawned directly: Foundation's `Process` takes a service that a
/// script leaves running for the script itself.
public final class TestProcess: Sendable {
    public let pid: Int32
    private let output: String
    private let ended = Mutex<Int32?>(nil)

    /// Starts a program found by its absolute path.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], directory: String? = nil
    ) throws {
        let (program, arguments) =
            directory.map { ("/usr/bin/env", ["--chdir=\($0)", program] + arguments) } ?? (program, arguments)
        output = "/var/tmp/reagent-test-output-\(UInt64.random(in: 0 ... .max))"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var assignments = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + assignments).forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, &attributes, &words, &assignments)
        guard result == 0 else { throw SpawnError(description: "\(program): \(String(cString: strerror(result)))") }
        self.pid = pid
    }

    deinit { unlink(output) }

    /// Standard output and standard error so far.
    public var text: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    public var isRunning: Bool { status == nil }

    /// Exit status, or the negated number of the signal that ended it; nil while it runs.
    public var status: Int32? {
        ended.withLock { ended in
            if ended == nil {
                var raw: Int32 = 0
                if waitpid(pid, &raw, WNOHANG) == pid {
                    ended = raw & 0x7f == 0 ? (raw >> 8) & 0xff : -(raw & 0x7f)
                }
            }
            return ended
        }
    }

    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end and returns the status; after the limit the process group is killed and nil returned.
    public func waitForExit(_ limit: Duration = .seconds(15)) async -> Int32? {
        if await eventually(within: limit, every: .milliseconds(10), { status != nil }) { return status }
        kill(-pid, SIGKILL)
        return nil
    }
}

struct SpawnError: Error, CustomStringConvertible {
    var description: String
}
