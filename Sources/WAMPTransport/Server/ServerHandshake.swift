/// What a server answers to an opening handshake (RFC 6455 section 4.2, wamp-protocol.md 5.1), as values.
struct ServerHandshake: Sendable {
    enum Answer: Sendable, Hashable {
        case accept(subprotocol: String, response: String)
        case refuse(Refusal)
    }

    /// The sentence never repeats what the client sent.
    struct Refusal: Sendable, Hashable {
        let status: Int
        let sentence: String
        var fields: [String] = []

        static let malformed = Refusal(status: 400, sentence: "This is no HTTP/1.1 request.")
        static let full = Refusal(
            status: 503, sentence: "No more connections are taken now.", fields: ["Retry-After: 5"])

        var response: String {
            let body = sentence + "\n"
            let lines =
                [
                    "HTTP/1.1 \(status) \(Self.phrases[status] ?? "Error")", "Connection: close",
                    "Content-Type: text/plain; charset=utf-8", "Content-Length: \(body.utf8.count)",
                ] + fields
            return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        }

        private static let phrases = [
            400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
            426: "Upgrade Required", 503: "Service Unavailable",
        ]
    }

    let configuration: WebSocketServerConfiguration

    func answer(to request: HTTPRequestHead) -> Answer {
        if let refusal = refusal(of: request) { return .refuse(refusal) }
        guard let key = request.only("sec-websocket-key"), Self.isKey(key) else {
            return .refuse(Refusal(status: 400, sentence: "Sec-WebSocket-Key is not 16 bytes in base64."))
        }
        guard let subprotocol = request.list("sec-websocket-protocol").first(where: configuration.subprotocols.contains)
        else {
            let known = configuration.subprotocols.joined(separator: ", ")
            return .refuse(Refusal(status: 400, sentence: "No offered subprotocol is served; served is \(known)."))
        }
        // Offers of extensions stay without an answer, which declines them.
        let lines = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: \(OpeningHandshake.accept(for: key))", "Sec-WebSocket-Protocol: \(subprotocol)",
        ]
        return .accept(subprotocol: subprotocol, response: lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    private func refusal(of request: HTTPRequestHead) -> Refusal? {
        guard request.version == "HTTP/1.1", let host = request.only("host"), !host.isEmpty else { return .malformed }
        guard request.values("transfer-encoding").isEmpty, request.values("content-length").allSatisfy({ $0 == "0" })
        else { return Refusal(status: 400, sentence: "The request has a body.") }
        guard configuration.paths.contains(request.path) else {
            return Refusal(status: 404, sentence: "There is nothing at this path.")
        }
        guard request.method == "GET" else {
            return Refusal(status: 405, sentence: "Only GET is allowed.", fields: ["Allow: GET"])
        }
        let upgrades = request.list("upgrade").map { $0.lowercased() }
        let connection = request.list("connection").map { $0.lowercased() }
        guard upgrades.contains("websocket"), connection.contains("upgrade"),
            request.only("sec-websocket-version") == "13"
        else {
            return Refusal(
                status: 426, sentence: "This is a WebSocket server, version 13.",
                fields: ["Upgrade: websocket", "Sec-WebSocket-Version: 13"])
        }
        guard isAllowed(origins: request.values("origin"), host: host) else {
            return Refusal(status: 403, sentence: "Pages of this origin may not connect.")
        }
        return nil
    }

    /// Absent, the server's own host, or listed. Two origins are nobody's.
    private func isAllowed(origins: [String], host: String) -> Bool {
        guard let origin = origins.first?.lowercased() else { return true }
        guard origins.count == 1 else { return false }
        if configuration.allowedOrigins.contains(where: { $0 == "*" || $0.lowercased() == origin }) { return true }
        guard let mark = origin.firstRange(of: "://") else { return false }
        let port = ["http": ":80", "https": ":443"][String(origin[..<mark.lowerBound])]
        return Self.withoutPort(origin[mark.upperBound...], port) == Self.withoutPort(host.lowercased()[...], port)
    }

    private static func withoutPort(_ authority: Substring, _ port: String?) -> Substring {
        guard let port, authority.hasSuffix(port) else { return authority }
        return authority.dropLast(port.count)
    }

    /// 16 bytes are 22 digits and two signs of padding.
    private static func isKey(_ key: String) -> Bool {
        key.utf8.count == 24 && key.hasSuffix("==")
            && key.utf8.dropLast(2).allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
