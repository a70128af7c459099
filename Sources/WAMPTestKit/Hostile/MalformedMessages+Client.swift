import Values
import WAMP

extension MalformedMessages {
    /// What a client may send and a router answers or drops: malformed URIs, options of any shape, answers to calls
    /// that nobody made, things given back that nobody has.
    mutating func oddMessageOfClient() -> (String, [Value]) {
        switch Int.random(in: 0..<11, using: &values.random) {
        case 0: ("PUBLISH of any shape", [16, request(), options(), uri()] + payload())
        case 1: ("SUBSCRIBE of any shape", [32, request(), options(), uri()])
        case 2: ("UNSUBSCRIBE of nothing", [34, request(), unknown()])
        case 3: ("CALL of any shape", [48, request(), options(), uri()] + payload())
        case 4: ("CANCEL of nothing", [49, unknown(), options()])
        case 5: ("REGISTER of any shape", [64, request(), options(), uri()])
        case 6: ("UNREGISTER of nothing", [66, request(), unknown()])
        case 7: ("YIELD for nothing", [70, unknown(), options()] + payload())
        case 8: ("ERROR for nothing", [8, 68, unknown(), options(), "a.error"] + payload())
        case 9: ("CALL of the meta API", [48, request(), options(), metaProcedure(), .array(values.list())])
        default: ("extension", [.int(Int64.random(in: 256...1023, using: &values.random))] + values.list())
        }
    }

    /// Numbers follow each other, as the protocol has it; one in ten does not.
    private mutating func request() -> Value {
        guard !values.random.oneIn(10) else { return unknown() }
        lastInvocation += 1
        return .integer(lastInvocation)
    }

    /// Options that nobody knows, of any shape; what the protocol knows has its type, since anything else ends the
    /// session.
    private mutating func options() -> Value {
        var options: Object = [:]
        for _ in 0..<Int.random(in: 0..<4, using: &values.random) {
            options["x_\(values.text())"] = values.value()
        }
        if values.random.oneIn(3) { options["acknowledge"] = .bool(.random(using: &values.random)) }
        if values.random.oneIn(3) { options["exclude_me"] = .bool(.random(using: &values.random)) }
        if values.random.oneIn(4) { options["timeout"] = .int(values.random.pick(0, 1, 5_000, .max)) }
        if values.random.oneIn(4) { options["receive_progress"] = true }
        if values.random.oneIn(4) { options["exclude"] = [1, 2, 3] }
        if values.random.oneIn(4) { options["eligible_authid"] = ["", "nobody"] }
        if values.random.oneIn(4) { options["match"] = values.random.pick("exact", "prefix", "wildcard") }
        return .object(options)
    }

    private mutating func uri() -> Value {
        values.random.pick(
            "a.b", "", ".", "a..b", "a b", "a#b", "wamp.subscription.on_create", "wamp.session.get", "a\0",
            text(), "com.example.hostile")
    }

    private mutating func metaProcedure() -> Value {
        values.random.pick(
            "wamp.session.get", "wamp.session.list", "wamp.session.count", "wamp.session.kill",
            "wamp.session.add_testament", "wamp.session.flush_testaments", "wamp.registration.get",
            "wamp.registration.list", "wamp.registration.match", "wamp.subscription.match", "wamp.subscription.get",
            "wamp.subscription.list_subscribers", "wamp.registration.remove_callee", "wamp.no.such.procedure")
    }
}
