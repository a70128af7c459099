public import AgentCore
import AsyncSupport
import DeviceProtocol
import Files
public import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The apps directory `A` on this device's disk (app-lifecycle.md 3.0, 3.3). All work happens on a thread of its own.
public actor AppDirectoryFiles {
    private static let environmentDirectory = "env"

    private let root: String
    private let logger: Logger
    private nonisolated let executor = ThreadExecutor(name: "app-files")

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter root: `A`; a relative path counts from the working directory of this moment.
    public init(root: String, logger: Logger) {
        self.root = Self.absolute(root)
        self.logger = logger
    }

    /// Creates `A` and its fixed directories, at start-up.
    public func createDirectories() throws(StoreError) {
        for path in [root, "\(root)/build", "\(root)/compose", "\(root)/shared"] {
            try translating { () throws(FileError) in try Directory.create(path) }
        }
    }

    private static func absolute(_ path: String) -> String {
        guard path.utf8.first != UInt8(ascii: "/"), let directory = getcwd(nil, 0) else { return path }
        defer { free(directory) }
        return FilePath.join(String(cString: directory), path)
    }
}

extension AppDirectoryFiles: AppFiles {
    public func prepare(_ id: AppID, name: String) throws(StoreError) -> AppDirectories {
        let data = try dataDirectory(of: id, name: name)
        let shared = "\(root)/shared"
        try translating { () throws(FileError) in
            try Directory.create(data)
            try Directory.create(shared)
        }
        return AppDirectories(data: data, shared: shared)
    }

    public func writeEnvironment(
        _ variables: [EnvironmentVariable], of id: AppID, name: String
    ) throws(StoreError) {
        let skipped = try replaceEnvironment(variables, of: id, name: name)
        guard !skipped.isEmpty else { return }
        logger.warning(
            "variables whose names cannot be file names have no file",
            metadata: ["app": "\(id)", "names": "\(skipped.map(\.debugDescription))"])
    }

    /// Replaces the contents of `<data>/env`: the last of several variables of one name wins, files of other names go.
    /// The directory itself stays, so that a running container sees the change through its mount.
    /// - Returns: the names that cannot be file names (P35); they have no file.
    @discardableResult
    public func replaceEnvironment(
        _ variables: [EnvironmentVariable], of id: AppID, name: String
    ) throws(StoreError) -> [String] {
        let directory = try openEnvironment(of: id, name: name)
        var skipped: [String] = []
        var files: [String: String] = [:]
        for variable in variables {
            if Self.isFileName(variable.name) {
                files["\(variable.name).txt"] = variable.value
            } else {
                skipped.append(variable.name)
            }
        }
        for (file, value) in files { try directory.replace(file, with: Array(value.utf8)) }
        // SDKs prefer files to the environment: a variable that is gone must not live on in its file (P35).
        for file in try directory.fileNames() where files[file] == nil { try directory.remove(file) }
        return skipped
    }

    public func refreshCredential(_ credential: AppCredential, of id: AppID, name: String) throws(StoreError) {
        let directory = try openEnvironment(of: id, name: name)
        try directory.replace("APP_AUTH_ID.txt", with: Array(credential.authID.utf8))
        try directory.replace("APP_AUTH_SECRET.txt", with: Array(credential.secret.utf8))
        try directory.remove("DEVICE_SECRET.txt")
    }

    public func deleteData(of id: AppID, name: String) throws(StoreError) {
        // P2: the path is a direct, non-empty child of `A/<stage>` or there is no path at all.
        let data = try dataDirectory(of: id, name: name)
        try translating { () throws(FileError) in try Directory.remove(data) }
    }

    public func refreshPortFiles(
        _ files: [String: String?], of id: AppID, name: String, creating: Bool
    ) throws(StoreError) {
        let data = try dataDirectory(of: id, name: name)
        guard creating || Directory.exists("\(data)/\(Self.environmentDirectory)") else { return }
        let directory = try openEnvironment(of: id, name: name)
        for (file, text) in files where Self.isFileName(file) {
            if let text {
                try directory.replace("\(file).txt", with: Array(text.utf8))
            } else {
                try directory.remove("\(file).txt")
            }
        }
    }

    public func writeProject(
        document: String, environment: String, of id: AppID, name: String
    ) throws(StoreError) -> String {
        let path = try projectDirectory(of: id, name: name)
        try translating { () throws(FileError) in try Directory.create(path) }
        let directory = try ConfinedDirectory(trusted: path)
        try directory.replace(".env-compose", with: Array(environment.utf8))
        try directory.replace("docker-compose.json", with: Array(document.utf8))
        return "\(path)/docker-compose.json"
    }

    public func deleteProject(of id: AppID, name: String) throws(StoreError) {
        let path = try projectDirectory(of: id, name: name)
        try translating { () throws(FileError) in try Directory.remove(path) }
    }

    private func openEnvironment(of id: AppID, name: String) throws(StoreError) -> ConfinedDirectory {
        let data = try dataDirectory(of: id, name: name)
        try translating { () throws(FileError) in try Directory.create(data) }
        return try ConfinedDirectory(trusted: data).subdirectory(Self.environmentDirectory, mode: 0o700)
    }

    /// `A/<stage>/<lower name>`.
    private func dataDirectory(of id: AppID, name: String) throws(StoreError) -> String {
        try translating { () throws(FileError) in
            try ChildPath(root: "\(root)/\(id.stage.lowercased)", components: [name.lowercased()]).path
        }
    }

    /// `A/compose/<name>` of a PROD app, `A/build/<name>` of a DEV one; the name as it was sent.
    private func projectDirectory(of id: AppID, name: String) throws(StoreError) -> String {
        try translating { () throws(FileError) in
            try ChildPath(root: "\(root)/\(id.stage == .dev ? "build" : "compose")", components: [name]).path
        }
    }

    private func translating<T>(_ body: () throws(FileError) -> T) throws(StoreError) -> T {
        do throws(FileError) {
            return try body()
        } catch {
            throw StoreError("the app directory failed: \(error)")
        }
    }

    /// Not empty, no slash, no NUL, no longer than file systems take with `.txt` behind it; `.` and `..` are refused
    /// though the suffix would make files of them.
    private static func isFileName(_ name: String) -> Bool {
        let bytes = name.utf8
        return !bytes.isEmpty && bytes.count <= 251 && name != "." && name != ".."
            && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0)
    }
}
