import StudioCore
import Testing

@Suite("Where the router listens")
struct ListenAddressTests {
    @Test(
        "host and port are read, also for IPv6 and for all addresses",
        arguments: [
            ("127.0.0.1:8480", "127.0.0.1", 8480), ("[::1]:0", "::1", 0), (":80", "::", 80),
            ("studio.example:65535", "studio.example", 65535), ("[fe80::1%eth0]:1", "fe80::1%eth0", 1),
        ])
    func good(text: String, host: String, port: Int) throws {
        #expect(try ListenAddress(parsing: text) == ListenAddress(host: host, port: port))
    }

    @Test(
        "everything else is refused with an example",
        arguments: [
            "", "8480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
            "127.0.0.1:999999999999999999999", "::1:80", "[]:80", "[::1:80", "a b:80", "ws://x:80", "x/y:80", "1:２",
        ])
    func bad(text: String) {
        let error = #expect(throws: StudioError.self) { _ = try ListenAddress(parsing: text) }
        #expect(error?.code == .invalid && error?.message.contains("127.0.0.1:8480") == true)
    }

    @Test(
        "loopback is what nobody else reaches",
        arguments: [
            ("127.0.0.1", true), ("127.1.2.3", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
            ("::", false), ("10.0.0.1", false), ("127.example.com", false), ("127.0.0.1.example.com", false),
        ])
    func loopback(host: String, isLoopback: Bool) {
        #expect(ListenAddress(host: host, port: 1).isLoopback == isLoopback)
    }

    @Test(
        "the URLs name an address that can be reached",
        arguments: [
            ("127.0.0.1:8480", "ws://127.0.0.1:8480/ws", "ws://127.0.0.1:8480/ws"),
            ("0.0.0.0:8480", "ws://127.0.0.1:8480/ws", "ws://kiosk:8480/ws"),
            ("[::]:8480", "ws://[::1]:8480/ws", "ws://kiosk:8480/ws"),
            ("[fd00::1]:8480", "ws://[fd00::1]:8480/ws", "ws://[fd00::1]:8480/ws"),
        ])
    func urls(text: String, local: String, device: String) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.localURL(isSecure: false) == local)
        #expect(address.deviceURL(isSecure: false, hostName: "kiosk") == device)
        #expect(address.deviceURL(isSecure: true, hostName: "kiosk") == "wss" + device.dropFirst(2))
    }
}
