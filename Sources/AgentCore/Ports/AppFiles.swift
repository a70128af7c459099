/// Directories and files of apps below the apps directory `A` (app-lifecycle.md 3.0, 3.3).
public protocol AppFiles: Sendable {
    /// Creates `A/<stage>/<lower name>` and returns the absolute paths of data directory and `A/shared`.
    func prepare(_ id: AppID, name: String) async throws(StoreError) -> AppDirectories

    /// Replaces the contents of `<data>/env` as a whole: one file per variable, directory 0700, files 0600 (3.3, P35).
    func writeEnvironment(_ variables: [EnvironmentVariable], of id: AppID, name: String) async throws(StoreError)

    /// Writes `APP_AUTH_ID.txt` and `APP_AUTH_SECRET.txt`, removes `DEVICE_SECRET.txt` (3.3).
    func refreshCredential(_ credential: AppCredential, of id: AppID, name: String) async throws(StoreError)

    /// Deletes the app's data directory, and nothing else; a missing one is a success (P2).
    func deleteData(of id: AppID, name: String) async throws(StoreError)

    /// Writes or deletes files of `<data>/env`: a nil text deletes. It works only on a directory that is there, unless
    /// `creating` (3.3).
    func refreshPortFiles(
        _ files: [String: String?], of id: AppID, name: String, creating: Bool
    ) async throws(StoreError)

    /// Writes `docker-compose.json` and `.env-compose` of a compose app, mode 0600 (3.5, P36), each as a whole, and
    /// returns the absolute path of the first.
    func writeProject(
        document: String, environment: String, of id: AppID, name: String
    ) async throws(StoreError) -> String

    /// Deletes the project directory of a compose app, and nothing else; a missing one is a success.
    func deleteProject(of id: AppID, name: String) async throws(StoreError)
}

public struct AppDirectories: Sendable, Equatable {
    public var data: String
    public var shared: String
    public init(data: String, shared: String) {
        self.data = data
        self.shared = shared
    }
}

/// One variable of an app's environment.
public struct EnvironmentVariable: Sendable, Equatable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The per-app credential of app-lifecycle.md 3.2.
public struct AppCredential: Sendable, Equatable, CustomStringConvertible {
    public var authID: String
    public var secret: String
    public init(authID: String, secret: String) {
        self.authID = authID
        self.secret = secret
    }

    public var description: String { "credential \(authID)" }
}
