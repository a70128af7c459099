import Values

/// Judges a pull by everything that its stream said (1.8, C-9).
struct PullOutcome: Sendable {
    private var failure: String?
    private var hasProof = false

    /// Takes one object of the stream. A failure stays one, whatever follows (C28).
    mutating func take(_ object: Object) {
        if let message = object["errorDetail"]?["message"]?.string ?? object["error"]?.string {
            // Both mean failure even when empty; the first one tells the cause.
            if failure == nil || failure == "" { failure = message }
        } else if object["error"] != nil || object["errorDetail"] != nil {
            failure = failure ?? ""
        }
        let status = object["status"]?.string ?? ""
        if status.hasPrefix("Digest: ") || status.hasPrefix("Status: ") { hasProof = true }
    }

    /// Throws what the stream reported, or `truncated` when it ended without proof of completion.
    func conclude(_ reference: ImageReference) throws(DockerError) {
        if let failure {
            throw DockerError(
                streamMessage: failure.isEmpty ? "the engine failed to pull \(reference) without a message" : failure)
        }
        guard hasProof else {
            throw DockerError(.truncated, "the pull of \(reference) ended before it was complete")
        }
    }
}
