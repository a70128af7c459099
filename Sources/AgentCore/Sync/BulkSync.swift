import AsyncSupport
public import DeviceProtocol
public import Values

/// What the backend's list of wanted apps means for this device (app-lifecycle.md 6.2 steps 9 to 11).
///
/// A list that cannot be trusted says nothing: not understood is never "empty" (P1). An app goes only after it was
/// missing in two good lists that are some time apart.
public struct BulkSync: Sendable {
    /// How far two lists must be apart that agree on an app's absence.
    public static let gracePeriod: Duration = .seconds(60)

    public struct Decision: Sendable, Equatable {
        /// Rows to take, in the order of the list.
        public var apply: [AppRequest] = []
        /// Apps to forget.
        public var forget: [AppID] = []
        /// Sentences for the log.
        public var problems: [String] = []
        /// Whether the list was whole, so that what it does not name may be looked at.
        public var isTrusted = false
    }

    /// When an app was first missed, on the monotonic clock.
    private var missingSince: [AppID: Duration] = [:]

    public init() {}

    /// Decides on an answer of `get_requested_app_states`.
    /// - Parameters:
    ///   - results: the positional results of the call; nil when the call failed.
    ///   - known: the apps of the device.
    ///   - now: monotonic.
    public mutating func decide(results: [Value]?, known: Set<AppID>, now: Duration) -> Decision {
        var decision = Decision()
        guard let rows = results?.first?.array else {
            decision.problems = ["the backend's list of apps is unknown: nothing is changed"]
            return decision
        }
        for (index, row) in rows.enumerated() {
            do throws(PayloadError) {
                decision.apply.append(try AppRequest(syncRow: row))
            } catch {
                decision.problems.append("row \(index) of the backend's list: \(error)")
            }
        }
        // With a row that could not be read, any app may be the one that it names.
        guard decision.problems.isEmpty, !rows.isEmpty else { return decision }
        decision.isTrusted = true
        let listed = Set(decision.apply.map { AppID(key: $0.appKey, stage: $0.stage) })
        decision.forget = forgotten(known.subtracting(listed), now: now)
        return decision
    }

    private mutating func forgotten(_ missing: Set<AppID>, now: Duration) -> [AppID] {
        missingSince = missingSince.filter { missing.contains($0.key) }
        var forgotten: [AppID] = []
        for app in missing.sorted() {
            guard let since = missingSince[app] else {
                missingSince[app] = now
                continue
            }
            if now - since >= Self.gracePeriod { forgotten.append(app) }
        }
        return forgotten
    }
}
