import Logging
import Synchronization

/// Says what keeps the device from its backend: each reason once, not with every try, until the matter is settled.
final class LinkVoice: Sendable {
    /// What a sentence is about.
    enum Matter: Hashable, Sendable {
        /// The router cannot be reached, or does not answer.
        case unreachable
        /// The router does not want this device.
        case refused
        /// Another session holds the serial number.
        case serialHeld
        /// Another session takes procedures by force.
        case takenOver
    }

    /// Reasons remembered per matter: more kinds than that in one outage are said again.
    private static let memory = 16

    private let logger: Logger
    /// Shows a sentence to the operator.
    private let announce: @Sendable (String) -> Void
    private let said = Mutex<[Matter: Set<String>]>([:])

    init(logger: Logger, announce: @escaping @Sendable (String) -> Void) {
        self.logger = logger
        self.announce = announce
    }

    /// Writes a warning, and shows it to the operator if that may help; what was said with this reason before is a line
    /// for debugging only.
    func say(
        _ matter: Matter, _ sentence: String, reason: String = "", isForOperator: Bool = true,
        _ details: Logger.Metadata = [:]
    ) {
        let isNew = said.withLock { said in
            if said[matter, default: []].count >= Self.memory { said[matter] = [] }
            return said[matter, default: []].insert(sentence + reason).inserted
        }
        guard isNew else { return logger.debug("\(sentence)", metadata: details) }
        logger.warning("\(sentence)", metadata: details)
        if isForOperator { announce(sentence) }
    }

    /// The matter is settled; if something was said of it, so is this.
    func settle(_ matter: Matter, _ sentence: String) {
        guard said.withLock({ $0.removeValue(forKey: matter) }) != nil else { return }
        logger.notice("\(sentence)")
    }
}
