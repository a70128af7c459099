public import AsyncSupport
public import Logging

/// What stands when the start has come as far as the identity: the ground that the agent is built on.
public struct Startup: Sendable {
    public let configuration: Configuration
    public let identity: IdentityStore
    public let log: AgentLog
    public let logger: Logger
    public let signals: TerminationSignals
    public let time: any TimeSource

    /// Shows a sentence on standard error, which the journal of the service keeps, without secrets.
    var announce: @Sendable (String) -> Void {
        { [redactor = log.redactor] in Console.write(redactor.redact($0) + "\n", to: .errors) }
    }
}
