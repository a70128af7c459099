public import AgentCore
internal import AsyncSupport
internal import Files
public import Logging

/// The identity file on the disk: read once, written only when a value changed (system.md 8.2, DEFECT S-1, S-2).
public actor IdentityStore {
    private let executor = ThreadExecutor(name: "identity")
    private let path: String
    private let logger: Logger
    private var file: IdentityFile
    /// The content of the file is good, so that it may become the backup.
    private var isMainGood: Bool
    private var seen: Fingerprint?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Loads and checks the file, or its backup when the file is damaged, and applies the legacy rewrites (8.3).
    ///
    /// - Throws: when the agent must not start; neither file was touched then.
    public init(loading path: String, logger: Logger) throws(IdentityError) {
        let seen = Fingerprint(of: path)
        let loaded = try Self.load(path, logger: logger)
        self.path = path
        self.logger = logger
        self.seen = seen
        file = loaded.file
        isMainGood = loaded.isMain
    }

    /// The identity as it is now.
    public var identity: IdentityFile { file }

    /// Writes what the rewrites at loading changed; nothing when they changed nothing.
    public func save() { write() }

    /// Changes the identity and writes it if that changed a value. A file that cannot be written is a warning: the
    /// change counts in memory and is written with the next one (9.6, read-only file).
    @discardableResult
    public func update(_ change: @Sendable (inout IdentityFile) -> Void) -> IdentityFile {
        change(&file)
        write()
        return file
    }

    /// Whether somebody else has written the file since it was last read or written here; looked at after a refused
    /// authentication (8.5).
    public func changedOnDisk() -> Bool { Fingerprint(of: path) != seen }

    /// Reads the file again. The identity in memory stays when the new one cannot be used.
    @discardableResult
    public func reload() throws(IdentityError) -> IdentityFile {
        let fingerprint = Fingerprint(of: path)
        defer { seen = fingerprint }
        let loaded = try Self.load(path, logger: logger)
        file = loaded.file
        isMainGood = loaded.isMain
        write()
        return file
    }

    private func write() {
        guard file.isChanged else { return }
        do {
            let bytes = try file.encoded()
            // What cannot be decoded must never take the place of the good backup, nor get lost.
            if !isMainGood, let damaged = try? AtomicFile.read(path), !damaged.isEmpty {
                try AtomicFile.write(damaged, to: FilePath.resolved(path) + ".damaged")
            }
            try AtomicFile.write(bytes, to: path, keepBackup: isMainGood)
            file = try IdentityFile(bytes: bytes)
            isMainGood = true
            seen = Fingerprint(of: path)
        } catch {
            logger.warning(
                "the identity file could not be written; the change counts until the next start", error: error)
        }
    }

    private static func load(_ path: String, logger: Logger) throws(IdentityError) -> (file: IdentityFile, isMain: Bool)
    {
        let decision = IdentityRecovery.decide(main: try content(path), backup: backup(of: path))
        switch decision {
        case .main(var file):
            file.applyLegacyRewrites()
            return (file, true)
        case .backup(var file, let reason):
            logger.warning("the identity file is damaged, its backup is used", error: reason)
            file.applyLegacyRewrites()
            return (file, false)
        case .refuse(let error):
            throw IdentityError(error.code, "\(error.message) (\(path))")
        }
    }

    /// The content of the file; nil when there is none.
    private static func content(_ path: String) throws(IdentityError) -> [UInt8]? {
        do throws(FileError) {
            return try AtomicFile.read(path)
        } catch  where error.code == .notFound {
            return nil
        } catch {
            throw IdentityError(.undecodable, "the identity file cannot be read: \(error.description)")
        }
    }

    /// The backup lies where the file really is, not beside the link.
    private static func backup(of path: String) -> [UInt8]? {
        guard let resolved = try? FilePath.resolved(path) else { return nil }
        return try? AtomicFile.read(resolved + ".bak")
    }
}

/// Tells one state of a file from another without reading it.
private struct Fingerprint: Equatable {
    private let status: FileStatus

    init?(of path: String) {
        guard let status = try? FileStatus.of(path) else { return nil }
        self.status = status
    }
}
