import Testing

@testable import AgentLink

@Suite("Redaction of logged messages")
struct MessageRedactionTests {
    @Test(
        "the answer of a call for a secret is hidden, once; other answers are shown",
        arguments: ["reswarm.devices.get_app_cred_key", "reswarm.containers.get_registry_token"])
    func answers(_ procedure: String) {
        let redaction = MessageRedaction()
        let call = #"[48,7,{},"\#(procedure)",[]]"#
        #expect(redaction.clean(call) == call)
        #expect(redaction.clean(#"[50,71,{},["open"]]"#) == #"[50,71,{},["open"]]"#)
        #expect(redaction.clean(#"[50,7,{},["hidden"]]"#) == "[50,7,***]")
        #expect(redaction.clean(#"[50,7,{},["open"]]"#) == #"[50,7,{},["open"]]"#)
    }

    @Test(
        "members that hold a secret, escapes and cuts included",
        arguments: [
            (#"{"username":"u","password":"p"}"#, #"{"username":"u","password":"***"}"#),
            (#"{"password":"a\"b\\","x":1}"#, #"{"password":"***","x":1}"#),
            (
                #"{"a":{"secret":"s"},"token":"t","b":"password"}"#,
                #"{"a":{"secret":"***"},"token":"***","b":"password"}"#
            ),
            (#"{"password":""}"#, #"{"password":"***"}"#),
            (#"{"password":"begin… (2000 bytes)"#, #"{"password":"***"#),
            (#"{"password":"begin\"#, #"{"password":"***"#),
            (#"{"password":null,"passwords":"x"}"#, #"{"password":null,"passwords":"x"}"#),
            (#"[1,"realm1",{}]"#, #"[1,"realm1",{}]"#), ("", ""), ("[50,", "[50,"), ("[48,x", "[48,x"),
        ])
    func members(_ text: String, _ expected: String) { #expect(MessageRedaction().clean(text) == expected) }
}
