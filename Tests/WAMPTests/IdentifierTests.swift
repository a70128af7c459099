import Testing
import Values
import WAMP

@Suite("Identifiers and URIs")
struct IdentifierTests {
    static let uris = Fixture.vectors("uri")

    @Test("The table of URIs is there")
    func tableIsThere() { #expect(Self.uris.count == 19) }

    @Test("URIs are checked by the four rules of the table", arguments: uris)
    func uri(_ vector: Value) throws {
        let uri = try #require(vector["uri"]?.string)
        #expect(WAMPURI.isValid(uri) == vector["loose"]?.bool)
        #expect(WAMPURI.isValid(uri, gaps: .any) == vector["loose_empty"]?.bool)
        #expect(WAMPURI.isValid(uri, .strict) == vector["strict"]?.bool)
        #expect(WAMPURI.isValid(uri, .strict, gaps: .any) == vector["strict_empty"]?.bool)
    }

    @Test("A prefix pattern may be empty at its end only")
    func prefixes() {
        for uri in ["", "com.", "com.a", "com.a."] { #expect(WAMPURI.isValid(uri, gaps: .last), "\(uri)") }
        for uri in [".", "..", ".com", "com..a", "com..", "com .", "com.#"] {
            #expect(!WAMPURI.isValid(uri, gaps: .last), "\(uri)")
        }
    }

    @Test("White space of any script and line ends are no part of a URI")
    func whiteSpace() {
        for space in ["\u{A0}", "\u{2003}", "\u{3000}", "\r\n", "\u{B}", "\u{85}"] {
            #expect(!WAMPURI.isValid("com.a" + space))
            #expect(!WAMPURI.isValid(space + "com.a"))
        }
    }

    @Test("Prefixes compare as text, wildcards by component, as in the specification's examples")
    func patterns() throws {
        let table = try #require(try Fixture.load("wamp-vectors")["pattern_subscription"]?.object)
        #expect(table.count == 2)
        for (name, examples) in table {
            let parts = name.split(separator: " ")
            let policy = try #require(MatchPolicy(rawValue: String(parts[0])))
            for uri in examples["match"]?.array ?? [] {
                #expect(policy.matches(pattern: String(parts[1]), uri.string ?? ""))
            }
            for uri in examples["no_match"]?.array ?? [] {
                #expect(!policy.matches(pattern: String(parts[1]), uri.string ?? ""))
            }
        }
        #expect(MatchPolicy.exact.matches(pattern: "com.a", "com.a"))
        #expect(!MatchPolicy.exact.matches(pattern: "com.a", "com.ab"))
        #expect(MatchPolicy.prefix.matches(pattern: "", "com.a"))
    }

    @Test("Identifiers are 1 to 2^53 in any numeric form")
    func identifiers() throws {
        let range = try #require(try Fixture.load("wamp-vectors")["id_range"])
        #expect(try #require(range["min"]).asIdentifier == 1)
        #expect(try #require(range["max"]).asIdentifier == WAMPID.maximum)
        for value in try #require(range["invalid"]?.array) { #expect(WAMPID(value: value) == nil, "\(value)") }
        #expect(WAMPID(value: 5.0)?.number == 5)
        #expect(WAMPID(value: .uint(.max)) == nil)
        #expect(WAMPID(value: .double(.nan)) == nil)
        #expect(WAMPID(value: .double(-1)) == nil)
        #expect(WAMPID(value: true) == nil)
        #expect(WAMPID(0) == nil)
    }

    @Test("Request numbers count from 1 and start again after 2^53")
    func sequence() {
        var sequence = RequestSequence()
        #expect((0..<3).map { _ in sequence.next() } == [1, 2, 3])
        var last = RequestSequence(after: WAMPID.maximum - 1)
        #expect((0..<3).map { _ in last.next() } == [WAMPID.maximum, 1, 2])
    }

    @Test("Options are read leniently: a wrong type counts as absent")
    func details() {
        let details: Object = ["flag": true, "one": 1, "text": "x", "id": 7.0, "zero": 0]
        #expect(details.flag("flag"))
        #expect(!details.flag("one"))
        #expect(!details.flag("none"))
        #expect(details.text("text") == "x")
        #expect(details.text("one") == nil)
        #expect(details.identifier("id") == 7)
        #expect(details.identifier("zero") == nil)
        #expect(details.identifier("text") == nil)
    }
}
