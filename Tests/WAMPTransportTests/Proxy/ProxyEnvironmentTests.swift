import Testing

@testable import WAMPTransport

@Suite("The proxy variables of the environment")
struct ProxyEnvironmentTests {
    private func proxy(_ url: String, _ variables: [String: String]) throws -> String? {
        try ProxyEnvironment(variables).proxy(for: WebSocketURL(url))?.description
    }

    @Test("HTTP_PROXY serves ws and HTTPS_PROXY serves wss; the lower-case name stands in for an unset or empty one")
    func selection() throws {
        let both = ["HTTP_PROXY": "http://plain:1", "HTTPS_PROXY": "http://secure:2"]
        #expect(try proxy("ws://router/", both) == "plain:1")
        #expect(try proxy("wss://router/", both) == "secure:2")
        #expect(try proxy("wss://router/", ["HTTP_PROXY": "http://plain:1"]) == nil)
        #expect(try proxy("ws://router/", ["http_proxy": "lower:3"]) == "lower:3")
        #expect(try proxy("wss://router/", ["https_proxy": "lower"]) == "lower:80")
        #expect(try proxy("ws://router/", ["HTTP_PROXY": "", "http_proxy": "lower:3"]) == "lower:3")
        #expect(try proxy("ws://router/", ["HTTP_PROXY": "upper:1", "http_proxy": "lower:3"]) == "upper:1")
        #expect(try proxy("ws://router/", [:]) == nil)
    }

    @Test("Loopback is never proxied", arguments: ["localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
    func loopback(host: String) throws {
        #expect(try proxy("ws://\(host)/", ["HTTP_PROXY": "proxy:1"]) == nil)
    }

    @Test(
        "NO_PROXY excludes names, sub-domains, addresses, networks and ports",
        arguments: [
            ("*", "any.example", true), ("example.org", "example.org", true), ("example.org", "a.example.org", true),
            ("example.org", "notexample.org", false), (".example.org", "a.example.org", true),
            (".example.org", "example.org", false), ("*.example.org", "a.example.org", true),
            ("EXAMPLE.org", "Example.ORG", true), ("a, example.org ,b", "example.org", true),
            ("example.org:80", "example.org", true), ("example.org:81", "example.org", false),
            ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false), ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", true), ("10.0.0.0/x", "10.1.2.3", false),
            ("2001:db8::/32", "[2001:db8::1]", true),
            ("2001:db8::1", "[2001:db8:0::1]", true), ("", "example.org", false), (",,", "example.org", false),
        ])
    func exclusions(list: String, host: String, isExcluded: Bool) throws {
        for name in ["NO_PROXY", "no_proxy"] {
            let found = try proxy("ws://\(host)/", ["HTTP_PROXY": "proxy:1", name: list])
            #expect((found == nil) == isExcluded)
        }
    }

    @Test(
        "Credentials come from the user information, percent-decoded, and are in no description",
        arguments: [
            ("http://user:pass@proxy:8080", "Basic dXNlcjpwYXNz"), ("user@proxy:8080", "Basic dXNlcjo="),
            ("http://u%40x:p%3Aw@proxy:8080/", "Basic dUB4OnA6dw=="), ("http://u:p@ss@proxy:8080", "Basic dTpwQHNz"),
            ("http://u:50%@proxy:8080", "Basic dTo1MCU="),
        ])
    func credentials(text: String, authorization: String) throws {
        let proxy = try HTTPProxy(text)
        #expect(proxy.authorization == authorization)
        #expect("\(proxy)" == "proxy:8080")
    }

    @Test(
        "A proxy that cannot be used is an error without its credentials",
        arguments: [
            "https://u:secret@proxy", "socks5://u:secret@proxy", "http://u:secret@", "http://u:secret@proxy:x",
            "u:sec ret@p",
        ])
    func refused(text: String) {
        let error = #expect(throws: TransportError.self) { try HTTPProxy(text) }
        #expect(error?.code == .invalidProxy)
        #expect(error?.message.contains("secret") == false)
    }
}
