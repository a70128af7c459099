import Files
public import StudioCore

/// The secret of the account `operator` on the studio's own router: a file of the data directory, mode 0600, for
/// commands that do not reach the studio's socket.
public enum OperatorSecret {
    private static let length = 64

    public static func path(in data: String) -> String { data + "/operator.secret" }

    /// The secret; made at the first start, by rename, so that no half of one is ever read.
    public static func loadOrCreate(in data: String) throws(StudioError) -> String {
        if let secret = try load(from: data) { return secret }
        var random = SystemRandomNumberGenerator()
        let secret = Enrolment.hexadecimal(bytes: length / 2, using: &random)
        do {
            try AtomicFile.write(Array(secret.utf8), to: path(in: data), mode: 0o600)
        } catch {
            throw StudioError(.storage, "the operator's secret cannot be written: \(error)")
        }
        return secret
    }

    /// nil: there is none yet.
    /// - Throws: `storage` for a file that cannot be read or holds something else, which is never replaced silently.
    public static func load(from data: String) throws(StudioError) -> String? {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try AtomicFile.read(path(in: data))
        } catch {
            guard error.code != .notFound else { return nil }
            throw StudioError(.storage, "the operator's secret cannot be read: \(error)")
        }
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard text.count >= length / 2, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw StudioError(
                .storage, "“\(path(in: data))” is damaged: delete it and start `studio serve`, which makes a new one")
        }
        return text
    }
}
