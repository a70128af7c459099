import ArgumentParser
import DeviceProtocol
import StudioCore
import StudioServer
import Values

/// `studio app …`
struct AppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "Changes what runs on a device.",
        subcommands: [Run.self, Stop.self, Remove.self])

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Runs an image as an app.")

        @OptionGroup var dataOptions: DataOptions
        @Argument(help: "Name, serial number or key of the device.") var device: String
        @Argument(help: "Image reference; pulled by the device only if it does not have it.") var image: String
        @Option(help: "Name of the app; default: taken from the image.") var name: String?
        @Option(help: "Environment variable of the app, NAME=value; may be given several times.") var env: [String] = []

        func run() async throws {
            var environment: [(String, Value)] = []
            for assignment in env {
                guard let sign = assignment.firstIndex(of: "="), sign != assignment.startIndex else {
                    throw ValidationError("--env takes NAME=value, got “\(assignment)”")
                }
                environment.append(
                    (String(assignment[..<sign]), .string(String(assignment[assignment.index(after: sign)...]))))
            }
            let request: Object = [
                "device": .string(device), "image": .string(image), "name": name.map(Value.string) ?? .null,
                "environment": .object(Object(environment)),
            ]
            try await tell(OperatorProcedures.runApp, request, dataOptions)
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stops an app; it stays installed.")

        @OptionGroup var dataOptions: DataOptions
        @Argument(help: "Name, serial number or key of the device.") var device: String
        @Argument(help: "Name of the app.") var app: String

        func run() async throws { try await setTarget(.present, of: app, on: device, dataOptions) }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes an app; its data stays unless --purge is given.")

        @OptionGroup var dataOptions: DataOptions
        @Argument(help: "Name, serial number or key of the device.") var device: String
        @Argument(help: "Name of the app.") var app: String
        @Flag(help: "Deletes the app's data on the device too.") var purge = false

        func run() async throws {
            try await setTarget(purge ? .uninstalled : .removed, of: app, on: device, dataOptions)
        }
    }

    private static func setTarget(
        _ target: AppState, of app: String, on device: String, _ options: DataOptions
    ) async throws {
        let request: Object = [
            "device": .string(device), "app": .string(app), "target": .string(target.rawValue),
        ]
        try await tell(OperatorProcedures.setTarget, request, options)
    }

    private static func tell(_ procedure: String, _ request: Object, _ options: DataOptions) async throws {
        let app = try await Operator.with(options) { try await $0.ask(procedure, request) }
        try show("\(app["name"]?.string ?? ""): \(app["target"]?.string ?? "") is wanted")
    }
}

/// `studio apps DEVICE`
struct AppsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "apps", abstract: "Lists the apps of a device.")

    @OptionGroup var dataOptions: DataOptions
    @OptionGroup var outputOptions: OutputOptions
    @Argument(help: "Name, serial number or key of the device.") var device: String

    func run() async throws {
        let apps = try await Operator.with(dataOptions) { [device] in
            try await $0.ask(OperatorProcedures.listApps, ["device": .string(device)])
        }
        var table = Table("KEY", "NAME", "STATE", "WANTED", "IMAGE")
        for app in apps["apps"]?.array ?? [] {
            table.add(
                LenientInteger.unsigned(app["key"] ?? .null).map { String($0) } ?? "", app["name"]?.string ?? "",
                app["state"]?.string ?? "", app["target"]?.string ?? "", app["image"]?.string ?? "")
        }
        try show(table, or: apps["apps"] ?? [], as: outputOptions.output)
    }
}
