import NIOCore
import NIOHTTP1

/// One request to the engine, before it is known which version and which connection carry it.
struct EngineRequest: Sendable {
    var method: HTTPMethod
    /// Without version: `/containers/json`. Its variable parts are percent-encoded already.
    var path: String
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    /// A JSON document; nil sends no body.
    var body: [UInt8]?

    init(
        _ method: HTTPMethod, _ path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Path and query as they stand in the request line.
    func target(version: APIVersion?) -> String {
        let prefix = version.map { "/v\($0)" } ?? ""
        guard !query.isEmpty else { return prefix + path }
        let items = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return prefix + path + "?" + items.joined(separator: "&")
    }

    /// The headers of both kinds of connection. `Host` may be anything on a Unix socket (1.1).
    func allHeaders() -> HTTPHeaders {
        var all = HTTPHeaders([("Host", "docker"), ("User-Agent", "reagent")])
        if body != nil { all.add(name: "Content-Type", value: "application/json") }
        for (name, value) in headers { all.replaceOrAdd(name: name, value: value) }
        return all
    }
}

/// The answer of a short call, complete.
struct EngineAnswer: Sendable {
    var status: UInt
    var headers: HTTPHeaders
    var body: [UInt8]
}

enum PercentEncoding {
    /// Encodes everything but the unreserved characters of RFC 3986.
    static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            case UInt8(ascii: "/") where keepingSlashes:
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
