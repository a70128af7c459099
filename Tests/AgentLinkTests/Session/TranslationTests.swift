import AgentCore
import DeviceProtocol
import Testing
import Values
import WAMP
import WAMPClient

@testable import AgentLink

@Suite("Translations of the link")
struct TranslationTests {
    @Test("errors of the session as errors of the domain, the sentence kept", arguments: WAMPError.Code.allCases)
    func errors(_ code: WAMPError.Code) {
        let expected: BackendError.Code =
            switch code {
            case .application, .aborted: .refused("com.example.reason")
            case .timeout: .timedOut
            case .protocolViolation, .invalidMessage, .invalidArgument, .payloadSizeExceeded: .malformed
            case .canceled, .sessionLost, .connectionFailed, .notConnected, .authentication: .notConnected
            }
        let error = BackendError(WAMPError(code, uri: "com.example.reason", message: "a sentence"))
        #expect(error == BackendError(expected, "a sentence"))
    }

    @Test("without a session a call is refused at once and a publication is dropped (P19)")
    func withoutSession() async {
        let link = BackendLink()
        await #expect(throws: BackendError(.notConnected, "there is no session with the backend")) {
            try await link.call("com.example.x", [])
        }
        await #expect(throws: BackendError.self) { try await link.subscriptions(matching: "com.example.topic") }
        await link.publish("x", to: "com.example.topic")
    }

    private static let credentials = LinkCredentials(url: "ws://127.0.0.1:1/ws", authID: "2-3", secret: "s3cret")

    private static func configuration(_ connect: Duration, _ response: Duration) -> LinkConfiguration {
        LinkConfiguration(
            connectTimeout: connect, responseTimeout: response, pingInterval: nil, environment: [:], agentVersion: "1")
    }

    @Test("a limit of zero is no limit for the attempt and the client's own for answers (system.md 1.2)")
    func zeroLimits() {
        let client = Self.configuration(.zero, .zero).client(for: Self.credentials)
        #expect(client.connectTimeout > .seconds(86_400))
        #expect(client.responseTimeout == .seconds(7))
        let other = Self.configuration(.seconds(1), .seconds(2)).client(for: Self.credentials)
        #expect(other.connectTimeout == .seconds(1))
        #expect(other.responseTimeout == .seconds(2))
    }

    @Test("credentials do not show their secret")
    func description() { #expect("\(Self.credentials)" == "2-3 at ws://127.0.0.1:1/ws") }

    @Test("a call has the caller that the router discloses, its arguments and its keywords")
    func call() {
        let invocation = Invocation(
            args: ["ls"], kwargs: ["requestor_account_key": 42],
            details: ["caller": 4711, "caller_authid": "system", "caller_authrole": "backend"], procedure: "x")
        let call = ProcedureBinding.call(.executeCommand, invocation)
        #expect(
            call
                == DeviceCall(
                    procedure: "execute_cmd", arguments: ["ls"], keywords: ["requestor_account_key": 42],
                    callerAuthID: "system"))
    }

    @Test(
        "a call that claims to come by way of another router comes from nobody, whatever the claim is (decision 6)",
        arguments: [
            [["session": 1, "authid": "system", "authrole": "trusted"]], [], nil, "system", ["authid": "system"],
        ] as [Value])
    func forwarded(claim: Value) {
        let details: Object = ["caller": 4711, "caller_authid": "system", "forward_for": claim]
        for procedure in [DeviceProcedure.executeCommand, .requestAppState, .initDeviceTerminal] {
            let call = ProcedureBinding.call(procedure, Invocation(details: details, procedure: "x"))
            #expect(call.callerAuthID == nil)
        }
    }
}
