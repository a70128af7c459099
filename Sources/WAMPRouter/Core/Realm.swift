import NIOCore
import WAMP

/// A realm's machine and its timers. Lives on the router's event loop.
final class Realm {
    let name: String
    var machine: RealmMachine
    var timers: [RouterTimerID: Scheduled<Void>] = [:]

    init(name: String, machine: RealmMachine) {
        self.name = name
        self.machine = machine
    }
}
