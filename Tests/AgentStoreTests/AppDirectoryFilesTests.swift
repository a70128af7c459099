import AgentCore
import AgentStore
import DeviceProtocol
import Files
import Logging
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("App directories")
struct AppDirectoryFilesTests {
    private let directory = TestDirectory()

    private func files() -> AppDirectoryFiles {
        AppDirectoryFiles(root: directory.path("apps"), logger: Logger(label: "test"))
    }

    private let environment = "apps/prod/tickapp/env"

    @Test("directories are made below the root, names in lower case, paths absolute")
    func prepare() async throws {
        let files = files()
        try await files.createDirectories()
        try await files.createDirectories()
        for name in ["build", "compose", "shared"] { #expect(directory.exists("apps/\(name)")) }
        let made = try await files.prepare(.prod6, name: "TickApp")
        #expect(
            made == AppDirectories(data: directory.path("apps/prod/tickapp"), shared: directory.path("apps/shared")))
        #expect(directory.exists("apps/prod/tickapp"))
    }

    @Test("a relative root counts from the working directory")
    func relativeRoot() async throws {
        let base = FilePath.name(of: directory.path)
        // The working directory of the tests is unknown; from it, the way to the root of the file system is up.
        let up = String(repeating: "../", count: 40)
        let files = AppDirectoryFiles(root: "\(up)tmp/\(base)/apps", logger: Logger(label: "test"))
        let made = try await files.prepare(.prod6, name: "tickapp")
        #expect(made.data.hasPrefix("/"))
        #expect(directory.exists("apps/prod/tickapp"))
    }

    @Test("the environment is written as a whole: new values, no stale files, directory 0700, files 0600 (P35)")
    func environmentFiles() async throws {
        let files = files()
        try await files.writeEnvironment(
            [.init("A", "1"), .init("B", "two words"), .init("A", "last wins"), .init("EMPTY", "")], of: .prod6,
            name: "TickApp")
        #expect(try Directory.list(directory.path(environment)) == ["A.txt", "B.txt", "EMPTY.txt"])
        #expect(try directory.text("\(environment)/A.txt") == "last wins")
        #expect(try directory.text("\(environment)/EMPTY.txt").isEmpty)
        let before = try FileStatus.of(directory.path(environment))
        #expect(before.mode == 0o700)
        #expect(try FileStatus.of(directory.path("\(environment)/A.txt")).mode == 0o600)

        try await files.writeEnvironment([.init("B", "new")], of: .prod6, name: "TickApp")
        #expect(try Directory.list(directory.path(environment)) == ["B.txt"])
        #expect(try directory.text("\(environment)/B.txt") == "new")
        // The same directory: a container that has it mounted sees the change.
        #expect(try FileStatus.of(directory.path(environment)).isSameFile(as: before))
    }

    @Test("names that cannot be file names have no file and are told (P35)")
    func badNames() async throws {
        let long = String(repeating: "x", count: 252)
        let skipped = try await files().replaceEnvironment(
            ["", ".", "..", "a/b", "../../evil", "nul\u{0}", long, "GOOD", "with space"].map { .init($0, "v") },
            of: .prod6, name: "tickapp")
        #expect(skipped == ["", ".", "..", "a/b", "../../evil", "nul\u{0}", long])
        #expect(try Directory.list(directory.path(environment)) == ["GOOD.txt", "with space.txt"])
        #expect(try Directory.list(directory.path("apps/prod")) == ["tickapp"])
    }

    @Test("links that an app puts into its data directory lead nowhere")
    func links() async throws {
        let files = files()
        _ = try await files.prepare(.prod6, name: "tickapp")
        try Directory.create(directory.path("outside"))
        try directory.write("precious", to: "outside/keep")
        try directory.write("precious", to: "outside/A.txt")

        #expect(symlink(directory.path("outside"), directory.path(environment)) == 0)
        try await files.writeEnvironment([.init("A", "1")], of: .prod6, name: "tickapp")
        #expect(try directory.text("outside/A.txt") == "precious")
        #expect(directory.exists("outside/keep"))
        #expect(try FileStatus.of(directory.path(environment), followLinks: false).kind == .directory)

        #expect(unlink(directory.path("\(environment)/A.txt")) == 0)
        #expect(symlink(directory.path("outside/A.txt"), directory.path("\(environment)/A.txt")) == 0)
        #expect(symlink(directory.path("outside/keep"), directory.path("\(environment)/stale.txt")) == 0)
        try await files.writeEnvironment([.init("A", "2")], of: .prod6, name: "tickapp")
        #expect(try directory.text("\(environment)/A.txt") == "2")
        #expect(try directory.text("outside/A.txt") == "precious")
        #expect(try directory.text("outside/keep") == "precious")
        #expect(!directory.exists("\(environment)/stale.txt"))

        #expect(symlink(directory.path("outside"), directory.path("apps/prod/tickapp/link")) == 0)
        try await files.deleteData(of: .prod6, name: "tickapp")
        #expect(!directory.exists("apps/prod/tickapp"))
        #expect(try directory.text("outside/keep") == "precious")
    }

    @Test("the credential is refreshed beside the other files, the device secret goes")
    func credential() async throws {
        let files = files()
        try await files.writeEnvironment([.init("A", "1"), .init("DEVICE_SECRET", "s")], of: .prod6, name: "tickapp")
        try await files.refreshCredential(
            .init(authID: "app-6-prod-e3@serial", secret: "c2VjcmV0"), of: .prod6, name: "tickapp")
        #expect(
            try Directory.list(directory.path(environment))
                == ["APP_AUTH_ID.txt", "APP_AUTH_SECRET.txt", "A.txt"].sorted())
        #expect(try directory.text("\(environment)/APP_AUTH_ID.txt") == "app-6-prod-e3@serial")
        #expect(try directory.text("\(environment)/APP_AUTH_SECRET.txt") == "c2VjcmV0")
        #expect(try FileStatus.of(directory.path("\(environment)/APP_AUTH_SECRET.txt")).mode == 0o600)
    }

    @Test("T42: files of ports follow, are deleted, and no directory is made for them (file part)")
    func portFiles() async throws {
        let files = files()
        let cloud: [String: String?] = ["REMOTE_PORT_FOR_22": "30001", "REMOTE_PORT_FOR_22_CLOUD": "31000"]
        try await files.refreshPortFiles(cloud, of: .prod6, name: "tickapp", creating: false)
        #expect(!directory.exists("apps/prod/tickapp"))
        try await files.refreshPortFiles(cloud, of: .prod6, name: "tickapp", creating: true)
        #expect(try directory.text("\(environment)/REMOTE_PORT_FOR_22_CLOUD.txt") == "31000")
        try await files.refreshPortFiles(
            ["REMOTE_PORT_FOR_22_CLOUD": nil, "../escape": "1"], of: .prod6, name: "tickapp", creating: false)
        #expect(try Directory.list(directory.path(environment)) == ["REMOTE_PORT_FOR_22.txt"])
    }

    @Test("a compose project is written as a whole, for the owner alone, beside what its services keep there (P36)")
    func project() async throws {
        let files = files()
        let made = try await files.writeProject(
            document: "{}", environment: "A='1'", of: .prod6, name: "TickApp")
        #expect(made == directory.path("apps/compose/TickApp/docker-compose.json"))
        try directory.write("kept", to: "apps/compose/TickApp/data")
        _ = try await files.writeProject(document: #"{"a":1}"#, environment: "", of: .prod6, name: "TickApp")
        #expect(try directory.text("apps/compose/TickApp/docker-compose.json") == #"{"a":1}"#)
        #expect(try directory.text("apps/compose/TickApp/.env-compose").isEmpty)
        #expect(try directory.text("apps/compose/TickApp/data") == "kept")
        for name in ["docker-compose.json", ".env-compose"] {
            #expect(try FileStatus.of(directory.path("apps/compose/TickApp/\(name)")).mode == 0o600)
        }
        let development = AppID(key: 6, stage: .dev)
        _ = try await files.writeProject(document: "{}", environment: "", of: development, name: "TickApp")
        try await files.deleteProject(of: .prod6, name: "TickApp")
        try await files.deleteProject(of: .prod6, name: "TickApp")
        #expect(!directory.exists("apps/compose/TickApp"))
        #expect(directory.exists("apps/build/TickApp/docker-compose.json"))
    }

    @Test(
        "T32: uninstall deletes the data directory, other apps and stages stay; a missing one is a success (data part)")
    func deleteData() async throws {
        let files = files()
        let dev = AppID(key: 6, stage: .dev)
        for (id, name) in [(AppID.prod6, "tickapp"), (.prod6, "other"), (dev, "tickapp")] {
            try await files.writeEnvironment([.init("A", "1")], of: id, name: name)
        }
        try await files.deleteData(of: .prod6, name: "TickApp")
        try await files.deleteData(of: .prod6, name: "TickApp")
        #expect(try Directory.list(directory.path("apps/prod")) == ["other"])
        #expect(try Directory.list(directory.path("apps/dev")) == ["tickapp"])
    }

    @Test(
        "T62: without a name, or with .. or / in it, nothing is deleted and nothing is written (P2, path part)",
        arguments: ["", ".", "..", "../prod", "a/../../prod", "/", "other/env", "nul\u{0}"])
    func badAppNames(name: String) async throws {
        let files = files()
        try await files.writeEnvironment([.init("A", "1")], of: .prod6, name: "other")
        await #expect(throws: StoreError.self) { try await files.deleteData(of: .prod6, name: name) }
        await #expect(throws: StoreError.self) { try await files.prepare(.prod6, name: name) }
        await #expect(throws: StoreError.self) { try await files.writeEnvironment([], of: .prod6, name: name) }
        await #expect(throws: StoreError.self) {
            try await files.refreshCredential(.init(authID: "a", secret: "b"), of: .prod6, name: name)
        }
        await #expect(throws: StoreError.self) {
            _ = try await files.writeProject(document: "{}", environment: "", of: .prod6, name: name)
        }
        await #expect(throws: StoreError.self) { try await files.deleteProject(of: .prod6, name: name) }
        #expect(try directory.text("apps/prod/other/env/A.txt") == "1")
        #expect(try Directory.list(directory.path("apps/prod")) == ["other"])
    }
}
