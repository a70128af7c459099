import Crypto

/// The texts of the opening handshake of RFC 6455 section 4, as values.
package struct OpeningHandshake: Sendable {
    let url: WebSocketURL
    let subprotocols: [String]
    let userAgent: String
    /// `Sec-WebSocket-Key`: 16 random bytes in Base64.
    let key: String

    init(url: WebSocketURL, subprotocols: [String], userAgent: String, key: [UInt8]) {
        self.url = url
        self.subprotocols = subprotocols
        self.userAgent = userAgent
        self.key = Base64.encode(key)
    }

    var request: String {
        var lines = [
            "GET \(url.requestTarget) HTTP/1.1", "Host: \(url.hostHeader)", "User-Agent: \(userAgent)",
            "Connection: Upgrade", "Sec-WebSocket-Key: \(key)",
        ]
        if !subprotocols.isEmpty { lines.append("Sec-WebSocket-Protocol: \(subprotocols.joined(separator: ", "))") }
        lines += ["Sec-WebSocket-Version: 13", "Upgrade: websocket"]
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Checks the server's answer and returns the subprotocol that it chose.
    ///
    /// With one router an offer that it does not know "succeeds" without a subprotocol and the connection dies
    /// later; that is refused here (wamp-protocol.md 5.1).
    func check(_ response: HTTPResponseHead) throws(TransportError) -> String? {
        guard response.status == 101 else {
            throw TransportError(.upgradeRefused, "The server answered \(response.status) instead of 101.")
        }
        guard response.first("Upgrade")?.lowercased() == "websocket", response.list("Connection").contains("upgrade")
        else { throw TransportError(.upgradeRefused, "The server did not upgrade to WebSocket.") }
        guard response.first("Sec-WebSocket-Accept") == Self.accept(for: key) else {
            throw TransportError(.upgradeRefused, "Sec-WebSocket-Accept does not fit the key that was sent.")
        }
        guard response.first("Sec-WebSocket-Extensions") == nil else {
            throw TransportError(.upgradeRefused, "The server uses an extension that was not offered.")
        }
        let chosen = response.first("Sec-WebSocket-Protocol")
        if subprotocols.isEmpty && chosen == nil { return nil }
        guard let chosen, subprotocols.contains(chosen) else {
            throw TransportError(
                .upgradeRefused,
                "The server chose the subprotocol \(chosen ?? "(none)"); offered was \(subprotocols.joined(separator: ", "))."
            )
        }
        return chosen
    }

    /// The value of `Sec-WebSocket-Accept` that proves that the server read the key (RFC 6455 section 4.2.2).
    package static func accept(for key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Base64.encode(Array(digest))
    }
}
