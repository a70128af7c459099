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
        try await Interruption.ends { try await view() }
    }

    private func view() async throws {
        try await Operator.with(dataOptions) { studio in
            let events = try await studio.session.subscribe(OperatorProcedures.changes)
            for device in try await studio.ask(OperatorProcedures.listDevices).array ?? [] {
                try Self.show(device["name"], device["status"])
            }
            // Anybody on the router can publish; only the studio knows.
            for await event in events where Caller(event) == .system {
                let change = event.args.first ?? .null
                if let app = change["app"] {
                    try Self.show(app, change["state"])
                } else {
                    try Self.show(change["device"], change["status"])
                }
            }
            throw StudioError(.unavailable, "the session with the router ended")
        }
    }

    private static func show(_ subject: Value?, _ state: Value?) throws {
        try StudioCommands.show("\(subject?.string ?? "?") \(state?.string ?? "?")")
    }
}
