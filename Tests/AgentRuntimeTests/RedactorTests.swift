import AgentRuntime
import Testing

@Suite("Redactor (system.md 8.4)")
struct RedactorTests {
    private func redactor(_ secrets: String...) -> Redactor {
        let redactor = Redactor()
        redactor.register(secrets)
        return redactor
    }

    @Test(
        "S60: a registered secret is in no text, wherever it stands",
        arguments: [
            ("hunter22", "***"), ("xhunter22y", "x***y"), ("hunter22hunter22", "******"), ("hunter2", "hunter2"),
            ("a hunter22, b hunter22.", "a ***, b ***."), ("hunthunter22er22", "hunt***er22"), ("", ""),
        ])
    func replaced(text: String, expected: String) {
        #expect(redactor("hunter22").redact(text) == expected)
    }

    @Test("a secret inside a longer one leaves nothing of the longer")
    func nested() {
        #expect(redactor("abcd", "abcdefgh").redact("x abcdefgh abcd") == "x *** ***")
    }

    @Test("the form that a secret has in a URL is replaced too")
    func percentEncoded() {
        #expect(redactor("p@ss wörd").redact("?k=p%40ss%20w%C3%B6rd&l=1") == "?k=***&l=1")
    }

    @Test("empty and very short texts are no secrets")
    func short() {
        #expect(redactor("", "a", "abc").redact("a abc abcabc") == "a abc abcabc")
    }

    @Test(
        "credentials in a URL go, the address stays",
        arguments: [
            ("proxy http://user:pa:ss@proxy:3128/x?a@b", "proxy http://***@proxy:3128/x?a@b"),
            ("https://token@host", "https://***@host"), ("http://host/a@b", "http://host/a@b"),
            ("http://u:p@a http://v:q@b", "http://***@a http://***@b"), ("mail a@b", "mail a@b"), ("://", "://"),
        ])
    func userInfo(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test("text that is not ASCII stays as it is")
    func unicode() {
        #expect(redactor("grün").redact("Äpfel sind grün 🍏") == "Äpfel sind *** 🍏")
    }
}
