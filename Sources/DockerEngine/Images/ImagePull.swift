import NIOCore
import NIOHTTP1
public import Values

extension DockerClient {
    /// Pulls an image. `onAccepted` runs once, before the first object; `onProgress` gets every object of the stream,
    /// its `progress` completed where the engine sends none (C32).
    ///
    /// Returns only when the engine told that the image is complete. Cancelling the task cancels the pull in the
    /// engine. Throws `timedOut` after ``Limits/pullInactivity`` without a byte.
    public func pullImage(
        _ reference: ImageReference, authentication: RegistryAuthentication? = nil,
        onAccepted: () async -> Void = {}, onProgress: (Object) async -> Void
    ) async throws(DockerError) {
        var headers: [(name: String, value: String)] = []
        if let authentication { headers.append(("X-Registry-Auth", try authentication.headerValue())) }
        let request = EngineRequest(
            .POST, "/images/create",
            query: [("fromImage", reference.repository), ("tag", reference.tag)], headers: headers)
        var splitter = JSONObjectSplitter()
        var outcome = PullOutcome()
        let limit = limits.pullInactivity
        do {
            try await stream(request, limits: .init(head: limit, inactivity: limit)) { _ in
                await onAccepted()
            } onBytes: { bytes in
                for text in try splitter.append(bytes.readableBytesView) {
                    guard let object = (try? JSON.decode(text))?.object else {
                        throw DockerError(.malformed, "the engine sent progress that is not JSON")
                    }
                    outcome.take(object)
                    await onProgress(ProgressBar.completing(object))
                }
            }
        } catch {
            // A stream that is cut after it told its failure failed for that reason.
            if error.code == .truncated { try outcome.conclude(reference) }
            throw error
        }
        try outcome.conclude(reference)
    }
}
