import DeviceProtocol
import Logging
import Values

/// Carries single steps out through the ports. It decides nothing and remembers nothing.
struct StepExecutor: Sendable {
    /// Longest `NAME=value` that goes into a container's environment, in bytes; files get all (app-lifecycle.md 3.1).
    static let environmentLimit = 20_480
    /// Directories of the host that every single app gets at the same path if they are there (3.4).
    static let optionalMounts = ["/sys/bus/w1/devices", "/usr/local/cuda"]

    let ports: LanePorts

    /// Looks at the app's container, by its exact name, and at its image.
    func observe(_ app: InstalledApp, image: String?) async throws(StepError) -> Observation {
        do throws(EngineError) {
            let found = try await ports.engine.inspect(AppNames(app).container)
            let hasImage = if let image { try await ports.images.contains(image) } else { false }
            let isOurs = found?.belongs(to: app.id, serial: ports.device.context.serialNumber) ?? false
            return Observation(
                container: isOurs ? found : nil, isNameTaken: found != nil && !isOurs, hasImage: hasImage)
        } catch {
            throw StepError(error, "the engine could not be asked about the app")
        }
    }

    /// Creates the container of 3.4 and returns its id.
    func create(
        _ app: InstalledApp, _ wanted: WantedApp, image: String, usesGPU: Bool, bindings: [PortBinding]
    ) async throws(StepError) -> String {
        let environment = try await environment(of: app, wanted)
        let names = AppNames(app)
        for warning in environment.warnings { await ports.logs.write(warning, to: names.log) }
        let directories = try await prepareFiles(of: app, environment)
        let specification = ContainerSpecification(
            name: names.container, image: image, environment: Self.lines(of: environment),
            labels: AppLabels.labels(of: app.id, name: app.name, serial: ports.device.context.serialNumber),
            mounts: await mounts(directories), isInteractive: app.id.stage == .dev,
            usesGPU: usesGPU ? await ports.host.hasGPU() : false, bindings: bindings, privileges: wanted.privileges)
        do throws(EngineError) {
            return try await ports.engine.create(specification)
        } catch {
            throw StepError(error, "the container could not be created")
        }
    }

    func start(_ container: String) async throws(StepError) {
        do throws(EngineError) { try await ports.engine.start(container) } catch {
            throw StepError(error, "the container could not be started")
        }
    }

    /// With the image's own grace, or the engine's 10 s: one second kills databases (P47).
    func stop(_ container: String) async throws(StepError) {
        do throws(EngineError) { try await ports.engine.stop(container, grace: nil) } catch {
            throw StepError(error, "the container could not be stopped")
        }
    }

    func remove(_ container: String) async throws(StepError) {
        do throws(EngineError) { try await ports.engine.remove(container) } catch {
            // Gone already, or somebody is at it: the next look tells (T30).
            if error.code == .containerNotFound || error.code == .removalInProgress { return }
            throw StepError(error, "the container could not be removed")
        }
    }

    /// Removes every tag of the app's own repository, never an image that was given by reference: somebody else may
    /// want it (P8). What cannot be removed stays (P9); only an engine that is away is an error.
    func removeImages(of app: InstalledApp) async throws(StepError) {
        let repository = ports.imageNames.repository(of: AppNames(app))
        var tags: [String] = []
        do throws(EngineError) { tags = try await ports.images.tags(of: repository) } catch {
            try await keepImages(of: app, because: error)
        }
        for tag in tags {
            do throws(EngineError) { try await ports.images.removeTag(tag) } catch {
                try await keepImages(of: app, because: error)
            }
        }
    }

    func deleteData(of app: InstalledApp) async throws(StepError) {
        do throws(StoreError) { try await ports.files.deleteData(of: app.id, name: app.name) } catch {
            throw .failed(Failure("the data of the app could not be deleted: \(error.message)"))
        }
    }

    /// Writes the credential files of an app that has a directory already; never fails a request (2.1 step 6).
    func refreshCredential(of app: InstalledApp, _ wanted: WantedApp) async {
        guard let credential = await ports.environment.credential(for: app, wanted: wanted) else { return }
        do throws(StoreError) {
            try await ports.files.refreshCredential(credential, of: app.id, name: app.name)
        } catch {
            ports.logger.warning("credential files not written", metadata: ["app": "\(app.id)", "error": "\(error)"])
        }
    }

    // MARK: - Parts

    private func environment(of app: InstalledApp, _ wanted: WantedApp) async throws(StepError) -> AppEnvironment {
        do throws(EnvironmentError) {
            return try await ports.environment.environment(
                for: app, wanted: wanted, ports: await portVariables(of: app, wanted))
        } catch {
            throw .failed(Failure("the app's environment cannot be built: \(error)"))
        }
    }

    private func keepImages(of app: InstalledApp, because error: EngineError) async throws(StepError) {
        if [.unavailable, .timedOut, .truncated].contains(error.code) {
            throw StepError(error, "the images of the app could not be removed")
        }
        guard error.code != .imageNotFound else { return }
        await ports.logs.write(AgentLines.imagesKept(error), to: AppNames(app).log)
    }

    private func prepareFiles(
        of app: InstalledApp, _ environment: AppEnvironment
    ) async throws(StepError) -> AppDirectories {
        do throws(StoreError) {
            let directories = try await ports.files.prepare(app.id, name: app.name)
            try await ports.files.writeEnvironment(environment.variables, of: app.id, name: app.name)
            return directories
        } catch {
            throw .failed(Failure("the app's files could not be written: \(error.message)"))
        }
    }

    private func mounts(_ directories: AppDirectories) async -> [ContainerSpecification.Mount] {
        var mounts: [ContainerSpecification.Mount] = [
            .init(source: directories.shared, target: "/shared"), .init(source: directories.data, target: "/data"),
        ]
        for path in Self.optionalMounts where await ports.host.directoryExists(path) {
            mounts.append(.init(source: path, target: path))
        }
        return mounts
    }

    private static func lines(of environment: AppEnvironment) -> [String] {
        environment.variables.map { "\($0.name)=\($0.value)" }.filter { $0.utf8.count <= environmentLimit }
    }
}
