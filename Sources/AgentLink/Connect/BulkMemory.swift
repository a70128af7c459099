import AgentCore
import DeviceProtocol
import Values

/// What earlier lists of the backend said; it outlives sessions, because an app goes only after two lists agree (P1).
actor BulkMemory {
    private var sync = BulkSync()
    /// Whether a good list came in this run of the agent; without one nothing is swept (P4).
    private(set) var hasSynced = false

    func decide(results: [Value]?, known: Set<AppID>, now: Duration) -> BulkSync.Decision {
        let decision = sync.decide(results: results, known: known, now: now)
        if decision.isTrusted { hasSynced = true }
        return decision
    }
}
