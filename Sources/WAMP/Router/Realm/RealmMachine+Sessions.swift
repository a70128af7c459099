public import AsyncSupport
public import Values

// MARK: - Beginning and end of sessions (wamp-protocol.md 3.3, 3.4)

extension RealmMachine {
    public mutating func join(_ identity: SessionIdentity, hello: Object, now: WallTime) -> [RouterAction] { [] }
    public mutating func receive(_ message: Message, from session: UInt64, now: WallTime) -> [RouterAction] { [] }
    public mutating func receiveInvalid(_ error: WAMPError, from session: UInt64, now: WallTime) -> [RouterAction] {
        []
    }
    public mutating func leave(_ session: UInt64, now: WallTime) -> [RouterAction] { [] }
    public mutating func timerFired(_ id: RouterTimerID, now: WallTime) -> [RouterAction] { [] }
    public mutating func undeliverable(_ message: Message, to session: UInt64, now: WallTime) -> [RouterAction] { [] }
    public mutating func shutDown() -> [RouterAction] { [] }
    public var statistics: RealmStatistics { RealmStatistics() }
}
