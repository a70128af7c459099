import ArgumentParser
import StudioCore
import StudioServer
import Values

/// `studio device …`
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Changes devices.", subcommands: [Add.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enrols a device and prints its identity file.",
            discussion: "Keep the file readable for its owner alone: it holds the device's secret.")

        @OptionGroup var dataOptions: DataOptions
        @Argument(help: "Name of the device.") var name: String

        func run() async throws {
            let identity = try await Operator.with(dataOptions) { [name] in
                try await $0.ask(OperatorProcedures.addDevice, ["name": .string(name)])
            }
            try show(try JSON.text(identity, style: .goIndented(1)))
        }
    }
}

/// `studio devices`
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "devices", abstract: "Lists the devices.")

    @OptionGroup var dataOptions: DataOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let devices = try await Operator.with(dataOptions) { try await $0.ask(OperatorProcedures.listDevices) }
        var table = Table("KEY", "NAME", "STATUS", "LAST SEEN", "ARCHITECTURE", "AGENT")
        for device in devices.array ?? [] {
            table.add(
                LenientInteger.unsigned(device["key"] ?? .null).map { String($0) } ?? "",
                device["name"]?.string ?? "", Self.status(of: device), device["last_seen"]?.string ?? "",
                device["architecture"]?.string ?? "", device["agent_version"]?.string ?? "")
        }
        try show(table, or: devices, as: outputOptions.output)
    }

    /// More than one session with one identity is something to look at.
    static func status(of device: Value) -> String {
        let status = device["status"]?.string ?? ""
        guard let sessions = device["sessions"].flatMap(LenientInteger.unsigned), sessions > 1 else { return status }
        return "\(status), \(sessions) sessions"
    }
}
