public import Files

/// The locks that keep a second agent from starting on a machine: two agents take each other's containers for
/// orphans and delete them (system.md 0.3).
public struct InstanceLock: Sendable {
    /// The same path and kind as that of the reference, so that old and new agents exclude each other.
    public static let machinePath = "/tmp/ironflock-reagent.lock"
    /// In the agent directory; the machine's lock can be taken by any local user, and a process with a private /tmp
    /// does not see it (DEFECT S-29).
    public static let directoryName = "instance.lock"

    /// Why the agent may not start.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case anotherInstance(path: String)
        case file(FileError)

        public var description: String {
            switch self {
            case .anotherInstance(let path):
                "another instance of the agent is running (lock \(path)); stop it with: systemctl stop reagent"
            case .file(let error): "cannot take the instance lock: \(error)"
            }
        }
    }

    private let locks: [FileLock]

    /// Takes both locks, or neither. The agent directory is created when missing.
    public init(machinePath: String = Self.machinePath, agentDirectory: String) throws(Failure) {
        let machine = try Self.lock(machinePath)
        do throws(FileError) {
            try Directory.create(agentDirectory)
        } catch {
            guard Self.isWithoutRoom(error) else { throw .file(error) }
            locks = [machine]
            return
        }
        do throws(Failure) {
            locks = [machine, try Self.lock(FilePath.join(agentDirectory, Self.directoryName))]
        } catch {
            guard case .file(let reason) = error, Self.isWithoutRoom(reason) else { throw error }
            locks = [machine]
        }
    }

    /// A full or write-protected disk is no reason not to start; the machine's lock holds.
    private static func isWithoutRoom(_ error: FileError) -> Bool {
        error.code == .noSpace || error.code == .readOnly
    }

    private static func lock(_ path: String) throws(Failure) -> FileLock {
        do throws(FileError) {
            return try FileLock(path)
        } catch {
            throw error.code == .locked ? .anotherInstance(path: path) : .file(error)
        }
    }
}
