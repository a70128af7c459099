import Values
import WAMP

extension MalformedMessages {
    /// What a router may send and a client has to bear: answers to nothing, calls of nothing, payloads of any shape,
    /// numbers used twice, extensions.
    mutating func oddMessageOfRouter() -> (String, [Value]) {
        switch Int.random(in: 0..<13, using: &values.random) {
        case 0: ("answer to nothing", answerToNothing())
        case 1:
            (
                "ERROR for nothing",
                [8, .int(values.random.pick(48, 64, 32, 16, 49)), unknown(), object(), text()] + payload()
            )
        case 2: ("EVENT of no subscription", [36, unknown(), unknown(), object()] + payload())
        case 3: ("EVENT of any shape", [36, one(of: subscriptions), unknown(), object()] + payload())
        case 4: ("INVOCATION of no registration", [68, invocation(), unknown(), object()] + payload())
        case 5...7: ("INVOCATION of any shape", [68, invocation(), one(of: registrations), caller()] + payload())
        case 8: ("INVOCATION in parts", [68, invocation(), one(of: registrations), ["progress": true]] + payload())
        case 9:
            (
                "INVOCATION number used twice",
                [68, .integer(lastInvocation), one(of: registrations), caller()] + payload()
            )
        case 10: ("INTERRUPT", [69, values.random.oneIn(2) ? .integer(lastInvocation) : unknown(), object()])
        case 11:
            (
                "revocation of nothing",
                [.int(values.random.pick(35, 67)), 0, ["registration": unknown(), "subscription": unknown()]]
            )
        default: ("extension", [.int(Int64.random(in: 256...1023, using: &values.random))] + values.list())
        }
    }

    private mutating func answerToNothing() -> [Value] {
        switch Int.random(in: 0..<5, using: &values.random) {
        case 0: [50, unknown(), object()] + payload()
        case 1: [65, unknown(), unknown()]
        case 2: [33, unknown(), unknown()]
        case 3: [17, unknown(), unknown()]
        default: [.int(values.random.pick(35, 67)), unknown()]
        }
    }

    private mutating func invocation() -> Value {
        lastInvocation += 1
        return .integer(lastInvocation)
    }

    /// Details of a call; many callers are nobody.
    private mutating func caller() -> Value {
        var details = values.object()
        details["progress"] = nil
        details["ppt_scheme"] = nil
        if !values.random.oneIn(4) {
            details["caller_authid"] = values.random.pick("system", "42", "43", "-1", "", "system ", "1e3", nil, 42)
        }
        return .object(details)
    }
}

// MARK: - Parts

extension MalformedMessages {
    /// A number that stands for nothing: far above everything that was given out.
    mutating func unknown() -> Value {
        values.random.oneIn(4)
            ? .double(Double(UInt32.random(in: 1...UInt32.max, using: &values.random)) + 4_294_967_296)
            : .integer(UInt64.random(in: (1 << 40)...WAMPID.maximum, using: &values.random))
    }

    mutating func one(of known: [UInt64]) -> Value {
        known.randomElement(using: &values.random).map(Value.integer) ?? unknown()
    }

    /// A dictionary, or the null that routers written in Go send for it.
    mutating func object() -> Value { values.random.oneIn(6) ? nil : .object(values.object()) }

    /// A text that stays one: with U+0000 in front it might be bytes, which are a wrong element and not an odd one.
    mutating func text() -> Value {
        let text = values.text()
        return .string(text.utf8.first == 0 ? "x\(text)" : text)
    }

    mutating func payload() -> [Value] {
        switch Int.random(in: 0..<5, using: &values.random) {
        case 0: []
        case 1: [nil, nil]
        case 2: [.array(values.list())]
        default: [.array(values.list()), .object(values.object())]
        }
    }
}
