import NIOCore
import NIOHTTP1
import Testing

@testable import AgentRuntime

@Suite("Requests to the diagnostics server (system.md 1.2)")
struct DiagnosticsRequestTests {
    private func request(
        _ uri: String, _ method: HTTPMethod = .GET, hosts: [String] = ["127.0.0.1:6060"]
    ) -> DiagnosticsRequest {
        var headers = HTTPHeaders()
        for host in hosts { headers.add(name: "Host", value: host) }
        return DiagnosticsRequest(HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers))
    }

    private func status(_ request: DiagnosticsRequest) -> UInt? {
        if case .refused(let status, _) = request { status } else { nil }
    }

    @Test("the index and the variables, with or without a query")
    func pages() {
        #expect(request("/debug/pprof/") == .index)
        #expect(request("/debug/pprof") == .index)
        #expect(request("/debug/pprof/?debug=1") == .index)
        #expect(request("/debug/vars") == .variables)
        #expect(request("/debug/vars?x", .HEAD) == .variables)
    }

    @Test(
        "Go's profiles do not exist, and nothing else does",
        arguments: ["/debug/pprof/heap", "/debug/pprof/goroutine?debug=2", "/", "/debug/varsx", "*", "", "/debug/../x"])
    func missing(uri: String) {
        #expect(status(request(uri)) == 404)
    }

    @Test("only reading is answered", arguments: [HTTPMethod.POST, .PUT, .DELETE, .OPTIONS, .CONNECT, .TRACE])
    func methods(method: HTTPMethod) {
        #expect(status(request("/debug/vars", method)) == 405)
    }

    @Test(
        "names of this machine are valid hosts",
        arguments: ["localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:6060", "[::1]", "[::1]:6060"])
    func hosts(host: String) {
        #expect(request("/debug/vars", hosts: [host]) == .variables)
    }

    @Test(
        "any other host is refused, whatever it looks like (S-30, DNS rebinding)",
        arguments: [
            ["evil.example"], ["127.0.0.1.evil.example"], ["localhost.evil.example:80"], ["127.0.0.1@evil.example"],
            ["evil.example:127"], ["[::1].evil.example"], ["[::1"], ["localhost:"], ["localhost:x"], ["127.0.0.2"],
            ["0.0.0.0"], [""], [], ["localhost", "evil.example"], ["localhost", "localhost"],
        ])
    func foreignHosts(hosts: [String]) {
        #expect(status(request("/debug/vars", hosts: hosts)) == 403)
        #expect(status(request("/debug/pprof/", hosts: hosts)) == 403)
    }
}
