public import ArgumentParser

/// The `studio` program: the backend and its command line.
public struct StudioCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "studio",
        abstract: "Runs the backend of reagent devices and tells it what to do.",
        subcommands: [
            ServeCommand.self, DeviceCommand.self, DevicesCommand.self, AppCommand.self, AppsCommand.self,
            LogsCommand.self, WatchCommand.self,
        ])

    public init() {}
}
