import ArgumentParser
import AsyncSupport
import DeviceProtocol
import StudioCore
import StudioServer
import Values
import WAMP
import WAMPClient

/// `studio logs [-f] DEVICE APP`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Shows the log of an app.",
        discussion: "Shows the newest stored lines; with -f also every line that follows, until interrupted.")

    @OptionGroup var dataOptions: DataOptions
    @Flag(name: .short, help: "Follows the log.") var follow = false
    @Argument(help: "Name, serial number or key of the device.") var device: String
    @Argument(help: "Name of the app.") var app: String

    func run() async throws {
        guard follow else { return try await view() }
        try await Interruption.ends { try await view() }
    }

    private func view() async throws {
        try await Operator.with(dataOptions) { [device, app, follow] studio in
            let found = try await studio.ask(OperatorProcedures.listApps, ["device": .string(device)])
            guard let serial = found["serial_number"]?.string,
                let log = found["apps"]?.array?.first(where: { $0["name"]?.string == app })?["log"]?.string
            else { throw StudioError(.noSuchApp, "device “\(device)” has no app named “\(app)”") }
            // Subscribed first: a line between history and live view is then in both, never in none.
            let events = follow ? try await studio.session.subscribe(Topics.log(log, serial: serial)) : nil
            // The stored lines; a device that is away has none to give, which is no reason not to follow.
            let stored = try await studio.ask(
                OperatorProcedures.logHistory, ["device": .string(device), "app": .string(app)])
            let history = stored.array?.compactMap(\.string) ?? []
            for line in history { try show(line) }
            guard let events else { return }
            var splice = LogSplice(history: history)
            for await event in events {
                for line in splice.fresh(LogPayload(event.args.first ?? .null)) { try show(line) }
            }
            throw StudioError(.unavailable, "the session with the router ended")
        }
    }
}
