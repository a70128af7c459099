public import StudioCore
import Values
public import WAMP
import WAMPClient

extension Caller {
    /// Who made a call, by the dealer's disclosure (wamp-protocol.md 8.7).
    init(_ invocation: Invocation) {
        self.init(
            authID: invocation.callerAuthID, role: invocation.callerAuthRole,
            isForwarded: invocation.details["forward_for"] != nil)
    }

    /// Who published an event, by the broker's disclosure. Of a testament that is the session that is gone.
    public init(_ event: Event) {
        self.init(
            authID: event.details["publisher_authid"]?.string, role: event.details["publisher_authrole"]?.string,
            isForwarded: event.details["forward_for"] != nil)
    }
}
