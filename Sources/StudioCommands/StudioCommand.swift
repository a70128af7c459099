import ArgumentParser

/// The `studio` program: the backend and its command line.
struct StudioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studio",
        abstract: "Runs the backend of reagent devices and tells it what to do.",
        subcommands: [
            ServeCommand.self, DeviceCommand.self, DevicesCommand.self, AppCommand.self, AppsCommand.self,
            LogsCommand.self, WatchCommand.self,
        ])

}

/// The program: parses its arguments, runs the command and ends the process with its code.
public enum StudioProgram {
    public static func run() async { await StudioCommand.main() }
}
