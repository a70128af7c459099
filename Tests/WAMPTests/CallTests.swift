import Testing
import Values
import WAMP

@Suite("Calls and publications")
struct CallTests {
    private let payload = Payload([1], kwargs: ["k": 2])

    @Test("A call is sent with the next number and completes with its result")
    func call() throws {
        var machine = OpenSession.make()
        _ = try machine.publish("a.t")
        let call = try machine.call("a.b", payload, options: CallOptions(discloseMe: true, additional: ["rkey": "x"]))
        #expect(
            call.actions == [
                .send(
                    .call(request: 2, options: ["rkey": "x", "disclose_me": true], procedure: "a.b", payload: payload))
            ])
        let details: Object = ["callee": 5]
        #expect(
            machine.receive(.result(request: 2, details: details, payload: payload)) == [
                .complete(call.operation, .success(.result(CallResult(args: [1], kwargs: ["k": 2], details: details))))
            ])
        #expect(machine.receive(.result(request: 2, details: [:], payload: payload)).isEmpty)
    }

    @Test("Results of different calls may come in any order")
    func anyOrder() throws {
        var machine = OpenSession.make()
        let calls = try (0..<3).map { _ in try machine.call("a.b") }
        for index in [2, 0, 1] {
            let result = Message.result(request: UInt64(index + 1), details: [:], payload: Payload())
            #expect(machine.receive(result).completed == [calls[index].operation])
        }
    }

    @Test("An ERROR completes the call with its URI and arguments", arguments: [48, 49] as [UInt64])
    func error(_ type: UInt64) throws {
        var machine = OpenSession.make()
        let call = try machine.call("a.b")
        let actions = machine.receive(
            .error(type: type, request: 1, details: [:], uri: "com.e", payload: Payload(["no", 2], kwargs: ["k": 1])))
        let error = try #require(actions.failure(of: call.operation))
        #expect(error.code == .application)
        #expect(error.uri == "com.e")
        #expect(error.args == ["no", 2])
        #expect(error.kwargs == ["k": 1])
        #expect(error.message == "no")
        #expect(error.description == "com.e: no")
    }

    @Test("Intermediate results come in order before the final one; those not asked for are dropped")
    func progress() throws {
        for wanted in [true, false] {
            var machine = OpenSession.make()
            let call = try machine.call("a.b", receiveProgress: wanted)
            #expect(call.actions.sent.first?.value[2] == (wanted ? ["receive_progress": true] : [:]))
            for number in 1...3 {
                let actions = machine.receive(
                    .result(request: 1, details: ["progress": true], payload: Payload([.int(Int64(number))])))
                let result = CallResult(args: [.int(Int64(number))], details: ["progress": true])
                #expect(actions == (wanted ? [.progress(call.operation, result)] : []))
            }
            #expect(
                machine.receive(.result(request: 1, details: [:], payload: Payload())).completed == [call.operation])
        }
    }

    @Test("A timeout goes on the wire only to a dealer that announces it; a local timer runs in any case")
    func timeout() throws {
        var plain = OpenSession.make()
        let local = try plain.call("a.b", timeout: .milliseconds(1500))
        #expect(local.actions.sent.first?.value[2] == [:])
        #expect(local.actions.last == .startTimer(local.operation, .milliseconds(1500)))

        var able = OpenSession.make(dealer: ["call_canceling", "call_timeout"])
        let wire = try able.call("a.b", timeout: .microseconds(1_500_001))
        #expect(wire.actions.sent.first?.value[2] == ["timeout": 1501])
        #expect(wire.actions.last == .startTimer(wire.operation, .microseconds(3_500_001)))
        #expect(try able.call("a.b", timeout: .zero).actions.sent.first?.value[2] == ["timeout": 1])
        #expect(try able.call("a.b").actions.count == 1)
    }

    @Test("With progress the timer starts again with every intermediate result")
    func timerRestart() throws {
        var machine = OpenSession.make()
        let call = try machine.call("a.b", receiveProgress: true, timeout: .seconds(3))
        let actions = machine.receive(.result(request: 1, details: ["progress": true], payload: Payload()))
        #expect(actions.last == .startTimer(call.operation, .seconds(3)))
    }

    @Test("A deadline ends the call with a timeout and tells the dealer; the late answer is dropped")
    func deadline() throws {
        var machine = OpenSession.make()
        let call = try machine.call("a.b", timeout: .seconds(1))
        let actions = machine.deadlinePassed(call.operation)
        #expect(actions.sent == [.cancel(request: 1, options: ["mode": "killnowait"])])
        #expect(actions.failure(of: call.operation)?.code == .timeout)
        #expect(actions.failure(of: call.operation)?.uri == "wamp.error.timeout")
        #expect(machine.deadlinePassed(call.operation).isEmpty)
        let late = Message.error(type: 48, request: 1, details: [:], uri: "wamp.error.canceled", payload: Payload())
        #expect(machine.receive(late).isEmpty)
        #expect(machine.isOpen)
    }

    @Test("Giving up ends the call as canceled; intermediate and final results that follow are dropped")
    func giveUp() throws {
        var machine = OpenSession.make()
        let call = try machine.call("a.b", receiveProgress: true)
        let actions = machine.giveUp(call.operation)
        #expect(actions.failure(of: call.operation)?.uri == "wamp.error.canceled")
        #expect(actions.sent.count == 1)
        #expect(machine.receive(.result(request: 1, details: ["progress": true], payload: Payload())).isEmpty)
        #expect(machine.receive(.result(request: 1, details: [:], payload: Payload())).isEmpty)
        #expect(machine.giveUp(call.operation).isEmpty)
        #expect(machine.cancelCall(call.operation).isEmpty)
    }

    @Test(
        "CANCEL with kill awaits the callee's answer, with skip and killnowait the call ends at once",
        arguments: [CancelMode.kill, .skip, .killnowait])
    func cancelModes(_ mode: CancelMode) throws {
        var machine = OpenSession.make()
        let call = try machine.call("a.b")
        let actions = machine.cancelCall(call.operation, mode: mode)
        #expect(actions.sent == [.cancel(request: 1, options: ["mode": .string(mode.rawValue)])])
        #expect(actions.completed == (mode == .kill ? [] : [call.operation]))
        let answer = machine.receive(.result(request: 1, details: [:], payload: Payload()))
        #expect(answer.completed == (mode == .kill ? [call.operation] : []))
    }

    @Test("A dealer that does not know CANCEL gets none; the call ends all the same")
    func noCanceling() throws {
        var machine = OpenSession.make(dealer: [])
        let calls = try (0..<3).map { _ in try machine.call("a.b") }
        let actions =
            machine.cancelCall(calls[0].operation, mode: .kill) + machine.giveUp(calls[1].operation)
            + machine.deadlinePassed(calls[2].operation)
        #expect(actions.sent.isEmpty)
        #expect(actions.completed == calls.map(\.operation))
    }

    @Test("Only calls can be cancelled by CANCEL")
    func cancelOthers() throws {
        var machine = OpenSession.make()
        let registering = try machine.register("a.b")
        #expect(machine.cancelCall(registering.operation).isEmpty)
    }

    @Test("An unacknowledged publication completes at once, an acknowledged one with its number")
    func publish() throws {
        var machine = OpenSession.make()
        let silent = try machine.publish("a.t", payload)
        #expect(
            silent.actions == [
                .send(.publish(request: 1, options: [:], topic: "a.t", payload: payload)),
                .complete(silent.operation, .success(.published(publication: nil))),
            ])
        let told = try machine.publish("a.t", acknowledge: true, timeout: .seconds(7))
        #expect(
            told.actions == [
                .send(.publish(request: 2, options: ["acknowledge": true], topic: "a.t", payload: Payload())),
                .startTimer(told.operation, .seconds(7)),
            ])
        #expect(
            machine.receive(.published(request: 2, publication: 99))
                == [.complete(told.operation, .success(.published(publication: 99)))])
    }

    @Test("The options of PUBLISH go out under their names; acknowledge is the session's")
    func publishOptions() throws {
        var machine = OpenSession.make()
        let options = PublishOptions(
            excludeMe: false, exclude: [1], eligible: [2, 3], discloseMe: true, retain: true,
            additional: ["rkey": "x", "acknowledge": true])
        #expect(
            try machine.publish("a.t", options: options).actions.sent.first?.value[2] == [
                "exclude_me": false, "exclude": [1], "eligible": [2, 3], "disclose_me": true, "retain": true,
                "rkey": "x",
            ])
    }

    @Test("A refused publication fails")
    func refusedPublication() throws {
        var machine = OpenSession.make()
        let started = try machine.publish("a.t", acknowledge: true)
        let actions = machine.receive(
            .error(
                type: 16, request: 1, details: ["message": "no"], uri: "wamp.error.not_authorized", payload: Payload()))
        #expect(actions.failure(of: started.operation)?.uri == "wamp.error.not_authorized")
        #expect(actions.failure(of: started.operation)?.message == "no")
    }

    @Test(
        "Malformed URIs are refused before they reach a router that would drop the connection",
        arguments: ["", "a..b", "a b", "a.", ".a", "a#b", "a.b\n"])
    func malformed(_ uri: String) {
        var machine = OpenSession.make()
        for error in [
            #expect(throws: WAMPError.self) { try machine.call(uri) },
            #expect(throws: WAMPError.self) { try machine.publish(uri) },
            #expect(throws: WAMPError.self) { try machine.register(uri) },
            #expect(throws: WAMPError.self) { try machine.subscribe(uri) },
        ] {
            #expect(error?.code == .invalidArgument)
            #expect(error?.uri == "wamp.error.invalid_uri")
        }
        #expect((try? machine.call("a.b"))?.request == 1)
    }

    @Test("Errors have a URI for every code, and their texts name it once")
    func errors() {
        for code in WAMPError.Code.allCases {
            #expect(WAMPURI.isValid(WAMPError(code, message: "x").uri))
        }
        #expect(WAMPError(uri: "com.e").description == "com.e")
        #expect(WAMPError(uri: "com.e", args: [1]).message == "com.e")
        #expect(WAMPError(uri: "com.e", args: ["a"], message: "b").message == "b")
    }
}
