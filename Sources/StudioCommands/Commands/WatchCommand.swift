import ArgumentParser
import AsyncSupport
import StudioCore
import StudioServer
import Values
import WAMP
import WAMPClient

/// `studio watch`: what happens, as it happens.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Shows devices and apps as their states change.")

    @OptionGroup var dataOptions: DataOptions

    func run() async throws {
        try await Operator.with(dataOptions) { studio in
            let events = try await studio.session.subscribe(OperatorProcedures.changes)
            for device in try await studio.ask(OperatorProcedures.listDevices).array ?? [] {
                Self.show(device["name"], device["status"])
            }
            for await event in events {
                let change = event.args.first ?? .null
                if let app = change["app"] {
                    Self.show(app, change["state"])
                } else {
                    Self.show(change["device"], change["status"])
                }
            }
            throw StudioError(.unavailable, "the session with the router ended")
        }
    }

    private static func show(_ subject: Value?, _ state: Value?) {
        StudioCommands.show("\(subject?.string ?? "?") \(state?.string ?? "?")")
    }
}
