import Values

extension DockerError {
    /// The error that an answer of status 400 or above means. The body is JSON `{"message": …}` or, from old engines
    /// that refuse a version, plain text (1.1).
    init(status: UInt, body: [UInt8]) {
        let text = Self.message(of: body) ?? "the engine answered status \(status) without a message"
        self.init(Self.code(status: status, text: text), status: status, text)
    }

    /// The error that a stream reports inside a 200 answer.
    init(streamMessage text: String) {
        self.init(Self.code(status: 500, text: text), text)
    }

    private static func message(of body: [UInt8]) -> String? {
        if let value = try? JSON.decode(body), let message = value["message"]?.string, !message.isEmpty {
            return message
        }
        // A proxy's page of any length must not become a log line of any length.
        let text = String(decoding: body.prefix(512), as: UTF8.self)
        let trimmed = text.trimmingWhitespace()
        // A page for browsers says nothing in a sentence.
        return trimmed.isEmpty || trimmed.hasPrefix("<") ? nil : trimmed
    }

    /// Status first, then the engine's wording (C-11): texts are compared in lower case, because the runtime layer
    /// writes some of them differently.
    static func code(status: UInt, text: String) -> Code {
        let text = text.lowercased()
        func says(_ fragments: String...) -> Bool { fragments.contains { text.contains($0) } }
        if says("no space left on device") { return .noSpace }
        switch status {
        case 400:
            if says("client version") { return .versionRefused }
            if says("unknown runtime specified nvidia", "unknown or invalid runtime name: nvidia") {
                return .gpuUnavailable
            }
            return .refused
        case 401: return .unauthorized
        case 403: return says("unauthorized", "authentication required") ? .unauthorized : .forbidden
        case 404: return missing(text, says)
        case 409: return conflict(says)
        case 501: return says("does not support reading") ? .logsNotReadable : .refused
        case 500...: return failure(text, says)
        default: return .refused
        }
    }

    private static func missing(_ text: String, _ says: (String...) -> Bool) -> Code {
        if says("no such container") { return .containerNotFound }
        if says("no such image", "manifest unknown", "not found: manifest", "manifest for") { return .imageNotFound }
        // Newer engines answer 404 for a repository that needs a login (1.5).
        if says("pull access denied", "requested access to the resource is denied") { return .forbidden }
        if says("no basic auth credentials", "unauthorized") { return .unauthorized }
        return .notFound
    }

    private static func conflict(_ says: (String...) -> Bool) -> Code {
        if says("is already in progress") { return .removalInProgress }
        if says("is already in use by container") { return .nameInUse }
        if says("dead or marked for removal") { return .containerNotFound }
        if says("is not running", "is paused") { return .notRunning }
        if says("unable to delete", "unable to remove repository reference") { return .imageInUse }
        return .conflict
    }

    private static func failure(_ text: String, _ says: (String...) -> Bool) -> Code {
        if says("port is already allocated", "address already in use") { return .portConflict(port(in: text)) }
        if says("no such container") { return .containerNotFound }
        if says("manifest unknown", "manifest for ", "no such image") { return .imageNotFound }
        if says("no basic auth credentials", "unauthorized", "status: 401", "incorrect username or password") {
            return .unauthorized
        }
        if says("access to the resource is denied", "pull access denied", "403 forbidden") {
            return .forbidden
        }
        if says(
            "connection refused", "no such host", "i/o timeout", "tls: ", "tls handshake", "x509:", "dial tcp",
            "network is unreachable", "no route to host", "connection reset by peer", "client.timeout exceeded",
            "context deadline exceeded", "server gave http response to https client", "unexpected eof")
        {
            return .registryUnreachable
        }
        if says("nvidia") { return .gpuUnavailable }
        return .refused
    }

    /// The host port that a conflict names: the first number behind a colon in `Bind for 0.0.0.0:48080 failed`, in
    /// `listen tcp4 0.0.0.0:48081: bind` and in `host port for 0.0.0.0:48082:172.17.0.2:80/tcp`.
    private static func port(in text: String) -> UInt16? {
        for marker in ["host port for ", "bind for ", "listen tcp", "listen udp"] {
            guard let start = text.range(ofText: marker) else { continue }
            for part in text[start...].dropFirst(marker.count).split(separator: ":").dropFirst() {
                let digits = part.prefix { $0.isASCII && $0.isNumber }
                let next = part.dropFirst(digits.count).first
                if let port = UInt16(digits), port > 0, next == nil || next == " " || next == "/" { return port }
            }
        }
        return nil
    }
}
