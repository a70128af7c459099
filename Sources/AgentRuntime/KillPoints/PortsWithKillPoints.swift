#if DEBUG
    import AgentCore
    import DeviceProtocol
    import Values

    /// The container engine with a point before and after every call of a step.
    struct EngineWithKillPoints: ContainerEngine {
        let base: any ContainerEngine
        let points: KillSwitch

        func inspect(_ name: String) async throws(EngineError) -> ContainerSnapshot? { try await base.inspect(name) }

        func list() async throws(EngineError) -> [ContainerSnapshot] { try await base.list() }

        func containers(ofProject name: String) async throws(EngineError) -> [ContainerSnapshot] {
            try await base.containers(ofProject: name)
        }

        func create(_ specification: ContainerSpecification) async throws(EngineError) -> String {
            points.pass("engine.create.before")
            let id = try await base.create(specification)
            points.pass("engine.create.after")
            return id
        }

        func start(_ id: String) async throws(EngineError) {
            points.pass("engine.start.before")
            try await base.start(id)
            points.pass("engine.start.after")
        }

        func stop(_ id: String, grace: Duration?) async throws(EngineError) {
            points.pass("engine.stop.before")
            try await base.stop(id, grace: grace)
            points.pass("engine.stop.after")
        }

        func remove(_ id: String) async throws(EngineError) {
            points.pass("engine.remove.before")
            try await base.remove(id)
            points.pass("engine.remove.after")
        }
    }

    /// The image store with a point before, within and after every call of a step.
    struct ImagesWithKillPoints: ImageStore {
        let base: any ImageStore
        let points: KillSwitch

        func contains(_ reference: String) async throws(EngineError) -> Bool { try await base.contains(reference) }

        func pull(
            _ reference: String, credentials: RegistryCredentials?, onAccepted: @Sendable () async -> Void,
            onLine: @Sendable (String) async -> Void
        ) async throws(EngineError) {
            points.pass("engine.pull.before")
            try await base.pull(
                reference, credentials: credentials,
                onAccepted: {
                    points.pass("engine.pull.accepted")
                    await onAccepted()
                }, onLine: onLine)
            points.pass("engine.pull.after")
        }

        func tags(of repository: String) async throws(EngineError) -> [String] { try await base.tags(of: repository) }

        func removeTag(_ reference: String) async throws(EngineError) {
            points.pass("engine.untag.before")
            try await base.removeTag(reference)
            points.pass("engine.untag.after")
        }
    }

    /// The app store with a point before and after every commit.
    struct AppStoreWithKillPoints: AppStore {
        let base: any AppStore
        let points: KillSwitch

        func loadApps() async throws(StoreError) -> [StoredApp] { try await base.loadApps() }

        func store(_ wanted: WantedApp, installed: InstalledApp) async throws(StoreError) {
            points.pass("store.wanted.before")
            try await base.store(wanted, installed: installed)
            points.pass("store.wanted.after")
        }

        func record(_ app: InstalledApp, report: Report?) async throws(StoreError) -> String {
            points.pass("store.\(app.state.rawValue).before")
            let stamp = try await base.record(app, report: report)
            points.pass("store.\(app.state.rawValue).after")
            return stamp
        }

        func forget(_ id: AppID, report: Report?) async throws(StoreError) {
            points.pass("store.forget.before")
            try await base.forget(id, report: report)
            points.pass("store.forget.after")
        }
    }

    /// The backend with a point before and after every state report: after the state was written, before it is told.
    struct BackendWithKillPoints: Backend {
        let base: any Backend
        let points: KillSwitch

        func call(_ procedure: String, _ arguments: [Value]) async throws(BackendError) -> [Value] {
            guard let state = arguments.first?["state"]?.string else {
                return try await base.call(procedure, arguments)
            }
            points.pass("report.\(state).before")
            let results = try await base.call(procedure, arguments)
            points.pass("report.\(state).after")
            return results
        }
    }

    /// The apps' files with a point before and after what steps do with them.
    struct FilesWithKillPoints: AppFiles {
        let base: any AppFiles
        let points: KillSwitch

        func prepare(_ id: AppID, name: String) async throws(StoreError) -> AppDirectories {
            try await base.prepare(id, name: name)
        }

        func writeEnvironment(_ variables: [EnvironmentVariable], of id: AppID, name: String) async throws(StoreError) {
            points.pass("files.environment.before")
            try await base.writeEnvironment(variables, of: id, name: name)
            points.pass("files.environment.after")
        }

        func refreshCredential(_ credential: AppCredential, of id: AppID, name: String) async throws(StoreError) {
            try await base.refreshCredential(credential, of: id, name: name)
        }

        func deleteData(of id: AppID, name: String) async throws(StoreError) {
            points.pass("files.delete.before")
            try await base.deleteData(of: id, name: name)
            points.pass("files.delete.after")
        }

        func refreshPortFiles(
            _ files: [String: String?], of id: AppID, name: String, creating: Bool
        ) async throws(StoreError) {
            try await base.refreshPortFiles(files, of: id, name: name, creating: creating)
        }

        func writeProject(
            document: String, environment: String, of id: AppID, name: String
        ) async throws(StoreError) -> String {
            points.pass("files.project.before")
            let file = try await base.writeProject(document: document, environment: environment, of: id, name: name)
            points.pass("files.project.after")
            return file
        }

        func deleteProject(of id: AppID, name: String) async throws(StoreError) {
            points.pass("files.unproject.before")
            try await base.deleteProject(of: id, name: name)
            points.pass("files.unproject.after")
        }
    }
#endif
