import ArgumentParser
import Testing

@testable import StudioCommands

@Suite("studio serve: what it takes")
struct ServeCommandTests {
    @Test("without options it listens on loopback, in realm1")
    func defaults() throws {
        let command = try ServeCommand.parse([])
        #expect(command.router == nil && command.listen == nil && command.realm == "realm1")
        #expect(ServeCommand.defaultListen == "127.0.0.1:8480")
    }

    @Test(
        "options that make sense together are taken",
        arguments: [
            ["--listen", ":8480", "--device-url", "wss://studio.example/ws"],
            ["--listen", "[::1]:0", "--tls-cert", "a.pem", "--tls-key", "b.pem"],
            ["--allow-origin", "https://a.example", "--allow-origin", "*"],
            ["--router", "ws://127.0.0.1:8181/ws-re-dev", "--device-url", "ws://127.0.0.1:8181/ws-enrolled"],
            ["--realm", "com.example.factory-1"],
        ])
    func good(arguments: [String]) throws { _ = try ServeCommand.parse(arguments) }

    @Test(
        "options that do not are refused before anything is touched",
        arguments: [
            (["--router", "http://x"], "--router takes"), (["--device-url", "x"], "--device-url takes"),
            (["--router", "ws://x", "--listen", ":1"], "own router"),
            (["--router", "ws://x", "--tls-cert", "a", "--tls-key", "b"], "own router"),
            (["--router", "ws://x", "--allow-origin", "*"], "own router"),
            (["--tls-cert", "a"], "given together"), (["--tls-key", "a"], "given together"),
            (["--listen", "8480"], "no address to listen on"),
            (["--allow-origin", "a.example"], "--allow-origin takes"),
            (["--realm", "r1"], "a realm has"), (["--realm", "1abc"], "a realm has"),
            (["--realm", "a b c"], "a realm has"),
            (["--realm", "a..b"], "a realm has"),
        ])
    func bad(arguments: [String], sentence: String) {
        let error = #expect(throws: (any Error).self) { _ = try ServeCommand.parse(arguments) }
        #expect(error.map { ServeCommand.message(for: $0) }?.contains(sentence) == true)
    }
}
