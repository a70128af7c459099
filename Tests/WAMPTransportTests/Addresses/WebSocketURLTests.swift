import Testing

@testable import WAMPTransport

@Suite("ws and wss URLs")
struct WebSocketURLTests {
    @Test(
        "A URL is taken apart; path and query stay as written",
        arguments: [
            ("ws://router.example/ws-re-dev", false, "router.example", 80, "/ws-re-dev", "router.example"),
            (
                "wss://router.example:8443/a%20b?x=/&y=%3F", true, "router.example", 8443, "/a%20b?x=/&y=%3F",
                "router.example:8443"
            ),
            ("WS://Host", false, "Host", 80, "/", "Host"),
            ("ws://host?realm=a", false, "host", 80, "/?realm=a", "host"),
            ("wss://host:443/", true, "host", 443, "/", "host"),
            ("ws://host:/x", false, "host", 80, "/x", "host"),
            ("ws://127.0.0.1:8080/ws", false, "127.0.0.1", 8080, "/ws", "127.0.0.1:8080"),
            ("ws://[::1]:8080/ws", false, "::1", 8080, "/ws", "[::1]:8080"),
            ("wss://[2001:db8::1]", true, "2001:db8::1", 443, "/", "[2001:db8::1]"),
            ("ws://[fe80::1%25eth0]/", false, "fe80::1%eth0", 80, "/", "[fe80::1]"),
        ])
    func parts(
        text: String, isSecure: Bool, host: String, port: Int, target: String, hostHeader: String
    ) throws {
        let url = try WebSocketURL(text)
        #expect(url.isSecure == isSecure)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.requestTarget == target)
        #expect(url.hostHeader == hostHeader)
    }

    @Test(
        "What is no WebSocket URL is refused",
        arguments: [
            "", "ws", "ws:", "ws:/host", "http://host/", "wss//host", "ws://", "ws://:80/", "ws://host:0/",
            "ws://host:65536/", "ws://host:8o/", "ws://host:+1/", "ws://[::1/", "ws://[host]/", "ws://[]/",
            "ws://[::1]x/",
            "ws://user:secret@host/", "ws://host/#fragment", "ws://host/a b", "ws://host/\r\nX: y", "ws://höst/",
        ])
    func refused(text: String) {
        let error = #expect(throws: TransportError.self) { try WebSocketURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("A URL of a Unix socket names its file; the host is localhost and the request goes to the root")
    func unixSocket() throws {
        let url = try WebSocketURL("ws+unix:///run/studio/router.sock")
        #expect(url.socketPath == "/run/studio/router.sock")
        #expect(url.hostHeader == "localhost")
        #expect(url.requestTarget == "/")
        #expect(!url.isSecure)
        #expect(url.authority == "/run/studio/router.sock")
        #expect(try WebSocketURL("ws://host/").socketPath == nil)
        #expect(try ProxyEnvironment(["HTTP_PROXY": "http://proxy:1"]).proxy(for: url) == nil)
    }

    @Test(
        "What is no URL of a Unix socket is refused",
        arguments: [
            "ws+unix://", "ws+unix:///", "ws+unix://run/x.sock", "ws+unix:/run/x.sock", "ws+unix:///a?b",
            "ws+unix:///a#b", "ws+unix:///a%20b", "wss+unix:///a",
            "ws+unix:///\(String(repeating: "x", count: 107))",
        ])
    func noUnixSocket(text: String) {
        #expect(throws: TransportError.self) { try WebSocketURL(text) }
    }

    @Test("SNI carries a name and never an address (RFC 6066)")
    func serverName() throws {
        #expect(try WebSocketURL("wss://router.example/").serverName == "router.example")
        #expect(try WebSocketURL("wss://10.0.0.1/").serverName == nil)
        #expect(try WebSocketURL("wss://[2001:db8::1]/").serverName == nil)
    }
}

@Suite("IP address literals")
struct IPAddressTests {
    @Test(
        "A literal is read into its bytes",
        arguments: [
            ("1.2.3.4", [1, 2, 3, 4]), ("0.0.0.0", [0, 0, 0, 0]),
            ("::", [UInt8](repeating: 0, count: 16)), ("::1", [UInt8](repeating: 0, count: 15) + [1]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("2001:DB8::a", [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa]),
            ("::ffff:10.1.2.3", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3]),
            ("fe80::1%eth0", [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ] as [(String, [UInt8])])
    func literals(text: String, bytes: [UInt8]) { #expect(IPAddress(text)?.bytes == bytes) }

    @Test(
        "Other text is no address",
        arguments: [
            "", "host", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1..2.3", "+1.2.3.4", ":", ":::", "1::2::3",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::g", "1:2:3:4:5:6:7::8", "::1.2.3.4.5", "1:2",
        ])
    func noAddress(text: String) { #expect(IPAddress(text) == nil) }

    @Test("Loopback is 127.0.0.0/8 and ::1, also as a mapped address")
    func loopback() {
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            #expect(IPAddress(text)?.isLoopback == true, "\(text)")
        }
        for text in ["128.0.0.1", "::2", "::", "10.0.0.1"] {
            #expect(IPAddress(text)?.isLoopback == false, "\(text)")
        }
    }

    @Test(
        "A network holds what shares its first bits",
        arguments: [
            ("10.1.2.3", "10.0.0.0", 8, true), ("11.0.0.0", "10.0.0.0", 8, false), ("10.0.1.1", "10.0.0.0", 23, true),
            ("10.0.2.1", "10.0.0.0", 23, false), ("9.9.9.9", "0.0.0.0", 0, true), ("::1", "10.0.0.0", 0, false),
            ("::ffff:10.0.0.1", "10.0.0.0", 8, true), ("2001:db8::1", "2001:db8::", 32, true),
            ("10.0.0.1", "10.0.0.0", 33, false), ("10.0.0.1", "10.0.0.0", -1, false),
        ])
    func networks(address: String, network: String, prefix: Int, isInside: Bool) throws {
        let address = try #require(IPAddress(address))
        let network = try #require(IPAddress(network))
        #expect(address.isInside(network, prefix: prefix) == isInside)
    }
}
