public import AgentCore
internal import AsyncSupport
internal import Files
public import Logging

/// The identity file on the disk: read once, written only when a value changed (system.md 8.2, DEFECT S-1, S-2).
public actor IdentityStore {
    /// An identity has less than 10 kB, its certificate included.
    private static let sizeLimit: Int64 = 1 << 20

    private let executor = ThreadExecutor(name: "identity")
    private let path: String
    private let logger: Logger
    private var file: IdentityFile
    /// The content of the file is good, so that it may become the backup.
    private var isMainGood: Bool
    private var seen: Fingerprint?
    /// The last state of the file that was told by ``newChange()``.
    private var told: Fingerprint?
    /// Somebody else has written the file and it cannot be used: it may be half-written, and it is not ours to replace.
    private var isForeign = false

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

    /// Changes the identity and writes it if that changed a value; what somebody else wrote meanwhile is taken over
    /// first, so that it is not lost. A file that cannot be written is a warning: the change counts in memory and is
    /// written with the next one (9.6, read-only file).
    @discardableResult
    public func update(_ change: @Sendable (inout IdentityFile) -> Void) -> IdentityFile {
        if changedOnDisk() {
            do throws(IdentityError) { try reload() } catch {
                logger.warning(
                    "somebody changed the identity file and it cannot be used: it is left alone", error: error)
            }
        }
        change(&file)
        write()
        return file
    }

    /// Whether somebody else has written the file since it was last read or written here; looked at before every
    /// connection and after a refused authentication (8.5).
    public func changedOnDisk() -> Bool { Fingerprint(of: path) != seen }

    /// Like ``changedOnDisk()``, but true only once for each change.
    public func newChange() -> Bool {
        let now = Fingerprint(of: path)
        guard now != seen, now != told else { return false }
        told = now
        return true
    }

    /// Reads the file again. The identity in memory stays when the new one cannot be used: it is newer than a backup, and
    /// a half-written file will be whole soon.
    @discardableResult
    public func reload() throws(IdentityError) -> IdentityFile {
        let fingerprint = Fingerprint(of: path)
        defer { seen = fingerprint }
        do throws(IdentityError) {
            var loaded = try Self.loadMain(path)
            loaded.applyLegacyRewrites()
            (file, isMainGood, isForeign) = (loaded, true, false)
        } catch {
            isForeign = true
            throw error
        }
        return file
    }

    private func write() {
        guard file.isChanged, !isForeign else { return }
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

    private static func loadMain(_ path: String) throws(IdentityError) -> IdentityFile {
        switch IdentityRecovery.decide(main: try content(path), backup: nil) {
        case .main(let file), .backup(let file, _): return file
        case .refuse(let error): throw IdentityError(error.code, "\(error.message) (\(path))")
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
            let status = try FileStatus.of(path)
            if let oddity = oddity(of: status) {
                throw FileError(.failed, path: path, text: oddity)
            }
            return try AtomicFile.read(path)
        } catch  where error.code == .notFound {
            return nil
        } catch {
            throw IdentityError(.undecodable, "the identity file cannot be read: \(error.description)")
        }
    }

    /// Why a file is not even opened; a pipe would be waited for, perhaps for ever.
    private static func oddity(of status: FileStatus) -> String? {
        switch status.kind {
        case .directory: "is a directory"
        case .file: status.size > sizeLimit ? "is larger than \(sizeLimit) bytes" : nil
        case .symbolicLink, .other: "is no regular file"
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
