import NIOCore
import NIOHTTP1

/// One answer of the diagnostics server. The connection ends with it.
struct DiagnosticsResponse: Sendable, Equatable {
    var status: HTTPResponseStatus = .ok
    var contentType = "text/plain; charset=utf-8"
    var body: [UInt8]

    static let index = DiagnosticsResponse(
        contentType: "text/html; charset=utf-8",
        body: Array(
            """
            <!DOCTYPE html>
            <html><head><title>reagent</title></head><body>
            <h1>reagent</h1>
            <p><a href="/debug/vars">/debug/vars</a>: memory, threads, apps, connection, queues, drops, as JSON.</p>
            <p>The profiles of Go (heap, goroutine, profile, trace) do not exist: this agent is no Go program.</p>
            </body></html>

            """.utf8))

    static func refusal(_ status: UInt, _ sentence: String) -> DiagnosticsResponse {
        DiagnosticsResponse(status: HTTPResponseStatus(statusCode: Int(status)), body: Array((sentence + "\n").utf8))
    }

    /// The head; with the length of the body also where the body is left out.
    var head: HTTPResponseHead {
        var headers: HTTPHeaders = [
            "Content-Type": contentType, "Content-Length": "\(body.count)", "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff", "Connection": "close",
        ]
        if status == .methodNotAllowed { headers.add(name: "Allow", value: "GET, HEAD") }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
