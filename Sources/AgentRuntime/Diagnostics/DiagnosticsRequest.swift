import NIOHTTP1

/// What a request to the diagnostics server asks for, decided from its head alone.
///
/// Only a name of this machine is a valid host: a web page whose own name was pointed at 127.0.0.1 ("DNS rebinding")
/// would else be read by a browser that runs here (DEFECT S-30).
enum DiagnosticsRequest: Sendable, Equatable {
    case index
    case variables
    case refused(UInt, String)

    init(_ head: HTTPRequestHead) {
        let hosts = head.headers["host"]
        guard hosts.count == 1, let host = hosts.first, Self.isLoopback(host) else {
            self = .refused(403, "Ask by the name localhost or 127.0.0.1.")
            return
        }
        guard head.method == .GET || head.method == .HEAD else {
            self = .refused(405, "Only GET and HEAD are answered.")
            return
        }
        let path = head.uri.prefix { $0 != "?" && $0 != "#" }
        switch path {
        case "/debug/vars": self = .variables
        case "/debug/pprof", "/debug/pprof/": self = .index
        case _ where path.hasPrefix("/debug/pprof/"):
            self = .refused(404, "This agent is no Go program and has no such profile; see /debug/vars.")
        default:
            self = .refused(404, "There is nothing here; see /debug/pprof/.")
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        let name: Substring
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            name = host[...end]
        } else {
            name = host.prefix { $0 != ":" }
        }
        let port = host.dropFirst(name.count)
        let isPort = port.first == ":" && port.count > 1 && port.dropFirst().allSatisfy { "0123456789".contains($0) }
        return (port.isEmpty || isPort) && ["localhost", "127.0.0.1", "[::1]"].contains(name.lowercased())
    }
}
