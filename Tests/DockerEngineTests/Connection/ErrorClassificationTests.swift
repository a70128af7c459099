import DockerEngine
import DockerTestKit
import Testing

/// The table of containers-logs-terminal.md 1.5, told by a real connection.
@Suite("What an engine's error means")
struct ErrorClassificationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var status: UInt
        var message: String
        var code: DockerError.Code
        var testDescription: String { "\(status) \(message.prefix(60))" }

        init(_ status: UInt, _ message: String, _ code: DockerError.Code) {
            self.status = status
            self.message = message
            self.code = code
        }
    }

    static let rows = [
        Row(404, "No such container: x", .containerNotFound),
        Row(500, "no such container", .containerNotFound),
        Row(409, "can not get logs from container which is dead or marked for removal", .containerNotFound),
        Row(409, "removal of container x is already in progress", .removalInProgress),
        Row(
            409, "Conflict. The container name /x is already in use by container 123. You have to remove it.",
            .nameInUse),
        Row(404, "No such image: x", .imageNotFound),
        Row(
            409, "conflict: unable to delete 123 (cannot be forced) - image is being used by running container",
            .imageInUse),
        Row(409, "You cannot remove a running container 123. Stop the container first", .conflict),
        Row(409, "Container x is not running", .notRunning),
        Row(409, "Container x is paused, unpause the container before exec", .notRunning),
        Row(
            500,
            "driver failed programming external connectivity: Bind for 0.0.0.0:48080 failed: port is already allocated",
            .portConflict(48080)),
        Row(
            500, "Error starting userland proxy: listen tcp4 0.0.0.0:48081: bind: address already in use",
            .portConflict(48081)),
        Row(
            500, "failed to bind host port for 0.0.0.0:48082:172.17.0.2:80/tcp: address already in use",
            .portConflict(48082)),
        Row(500, "Bind for [::]:48083 failed: port is already allocated", .portConflict(48083)),
        Row(500, "Bind for x failed: port is already allocated", .portConflict(nil)),
        Row(400, "Unknown runtime specified nvidia", .gpuUnavailable),
        Row(500, "could not select device driver nvidia with capabilities", .gpuUnavailable),
        Row(500, "Get http://r/v2/: no basic auth credentials", .unauthorized),
        Row(500, "unauthorized: authentication required", .unauthorized),
        Row(401, "anything", .unauthorized),
        Row(500, "denied: requested access to the resource is denied", .forbidden),
        Row(404, "pull access denied for x, repository does not exist", .forbidden),
        Row(403, "no", .forbidden),
        Row(500, "manifest for r/x:1 not found: manifest unknown: manifest unknown", .imageNotFound),
        Row(404, "manifest unknown", .imageNotFound),
        Row(500, "Get http://r/v2/: dial tcp 127.0.0.1:1: connect: connection refused", .registryUnreachable),
        Row(500, "dial tcp: lookup r: no such host", .registryUnreachable),
        Row(500, "x509: certificate signed by unknown authority", .registryUnreachable),
        Row(500, "write /var/lib/x: no space left on device", .noSpace),
        Row(501, "configured logging driver does not support reading", .logsNotReadable),
        Row(404, "page not found", .notFound),
        Row(500, "something else", .refused),
        Row(400, "Invalid filter 'nonsense'", .refused),
        Row(500, "permission denied: unknown", .refused),
    ]

    @Test("status and text give the kind, and the engine's message is kept (C-11)", arguments: rows)
    func classification(row: Row) async throws {
        try await withFakeEngine(fixedVersion: APIVersion(1, 41)) { (engine, client) async throws in
            engine.answer("POST", "/containers/x/start", .error(row.status, row.message))
            let error = await dockerError { try await client.startContainer("x") }
            #expect(error == DockerError(row.code, status: row.status, row.message))
        }
    }

    @Test("only what may succeed later is retryable")
    func retryable() {
        let retryable: [DockerError.Code] = [.unavailable, .timedOut, .registryUnreachable, .truncated]
        for code in retryable { #expect(DockerError(code, "").isRetryable) }
        for code in [.canceled, .unauthorized, .imageNotFound, .noSpace, .refused] as [DockerError.Code] {
            #expect(!DockerError(code, "").isRetryable)
        }
    }

    @Test("the description is the sentence and nothing more")
    func description() {
        #expect("\(DockerError(.conflict, status: 409, "it is in use"))" == "it is in use")
    }
}
