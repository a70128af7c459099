import AsyncSupport
import Testing
import Values

@testable import WAMP

@Suite("Tables of the router")
struct RouterTableTests {
    @Test(
        "The tree of prefixes finds what a comparison of all finds, through any inserting and removing",
        arguments: 0..<12 as Range<UInt64>)
    func prefixes(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tree = PrefixTree()
        var model: [String: UInt64] = [:]
        func text(_ length: Int) -> String {
            String(
                (0..<Int.random(in: 0...length, using: &random)).map { _ in "ab.ü".randomElement(using: &random) ?? "a"
                })
        }
        for number in 0..<400 as Range<UInt64> {
            let key = text(6)
            if Bool.random(using: &random) {
                tree.insert(key, number)
                model[key] = number
            } else {
                tree.remove(key)
                model[key] = nil
            }
            #expect(tree.value(of: key) == model[key])
            let topic = text(9)
            let expected = model.filter { MatchPolicy.prefix.matches(pattern: $0.key, topic) }
            #expect(tree.matches(topic) == expected.sorted { $0.key.utf8.count < $1.key.utf8.count }.map(\.value))
        }
        for key in model.keys { tree.remove(key) }
        #expect(tree.count == 0)
        #expect(tree.matches("abab").isEmpty)
    }

    @Test(
        "The tree of wildcards finds what a comparison of all finds, through any inserting and removing",
        arguments: 0..<12 as Range<UInt64>)
    func wildcards(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tree = WildcardTree()
        var model: [String: UInt64] = [:]
        func text(_ choices: [String]) -> String {
            (0..<Int.random(in: 1...4, using: &random)).map { _ in choices.randomElement(using: &random) ?? "" }
                .joined(separator: ".")
        }
        for number in 0..<400 as Range<UInt64> {
            let key = text(["", "a", "b", ""])
            if Bool.random(using: &random) {
                tree.insert(key, number)
                model[key] = number
            } else {
                tree.remove(key)
                model[key] = nil
            }
            #expect(tree.value(of: key) == model[key])
            let topic = text(["a", "b", "c"])
            let expected = model.filter { MatchPolicy.wildcard.matches(pattern: $0.key, topic) }
            #expect(Set(tree.matches(topic)) == Set(expected.values))
            #expect(tree.matches(topic).count == expected.count)
        }
        for key in model.keys { tree.remove(key) }
        #expect(tree.count == 0)
    }

    @Test("Removing what is not there changes nothing")
    func absent() {
        var prefixes = PrefixTree()
        prefixes.insert("abc", 1)
        for text in ["", "a", "ab", "abcd", "x"] { prefixes.remove(text) }
        #expect(prefixes.value(of: "abc") == 1)
        #expect(prefixes.count == 1)
        var wildcards = WildcardTree()
        wildcards.insert("a..c", 1)
        for text in ["", "a", "a.b.c", "a..d", "...", "a..c."] { wildcards.remove(text) }
        #expect(wildcards.value(of: "a..c") == 1)
    }

    @Test("A long chain of nested patterns neither recurses nor leaves anything")
    func long() {
        var prefixes = PrefixTree()
        var wildcards = WildcardTree()
        let text = String(repeating: "a.", count: 500)
        for length in 1...1000 { prefixes.insert(String(text.prefix(length)), UInt64(length)) }
        wildcards.insert(text, 1)
        #expect(prefixes.matches(text).count == 1000)
        #expect(wildcards.matches("\(text.dropLast()).x") == [1])
        for length in 1...1000 { prefixes.remove(String(text.prefix(length))) }
        wildcards.remove(text)
        #expect(prefixes.count == 0)
        #expect(wildcards.count == 0)
    }

    @Test("A set of identifiers is sorted and has each once", arguments: 0..<6 as Range<UInt64>)
    func sets(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var set = IDSet()
        var model: Set<UInt64> = []
        for _ in 0..<300 {
            let id = UInt64.random(in: 0..<40, using: &random)
            if Bool.random(using: &random) {
                let isNew = set.insert(id)
                #expect(isNew == model.insert(id).inserted)
            } else {
                let wasThere = set.remove(id)
                #expect(wasThere == (model.remove(id) != nil))
            }
            #expect(set.contains(id) == model.contains(id))
            #expect(set.sorted == model.sorted())
            #expect(set.isEmpty == model.isEmpty)
        }
        #expect(IDSet([3, 1, 3, 2, 1]).sorted == [1, 2, 3])
        #expect(IDSet().count == 0)
    }

    @Test("The quick check of URIs agrees with the exact one")
    func uris() {
        var texts = Fixture.vectors("uri").compactMap { $0["uri"]?.string }
        #expect(texts.count == 19)
        texts += ["", ".", "a.", ".a", "a..b", "a\u{B}", "a\u{1F}", "a\u{7F}b", "ü..a", "ü.a", "a.ü\u{2003}", "a.b#"]
        for text in texts { #expect(RouterURI.isValid(text) == WAMPURI.isValid(text), "\(text)") }
        for text in ["wamp", "wamp.", "wamp.x", "wamp..x"] { #expect(RouterURI.isReserved(text)) }
        for text in ["", "wam", "wampx", "wampx.a", "a.wamp", "Wamp.x"] { #expect(!RouterURI.isReserved(text)) }
    }

    @Test("Identifiers are drawn from 1 to 2^53, session numbers too")
    func identifiers() {
        #expect(WAMPID.spread(0) == 1)
        #expect(WAMPID.spread(.max) == WAMPID.maximum)
        var source = IdentifierSource(seed: 7)
        let drawn = (0..<1000).map { _ in source.next() }
        #expect(Set(drawn).count == 1000)
        #expect(drawn.allSatisfy { WAMPID($0) != nil })
        #expect(drawn.contains { $0 > WAMPID.maximum / 2 } && drawn.contains { $0 < WAMPID.maximum / 2 })
        var random = SeededGenerator(seed: 1)
        let sessions = (0..<100).map { _ in WAMPID.random(using: &random) }
        #expect(sessions.allSatisfy { WAMPID($0) != nil })
    }

    @Test("A subscription goes with its last subscriber, whichever its match", arguments: MatchPolicy.allCases)
    func topics(_ match: MatchPolicy) {
        var topics = TopicTable()
        topics.create(5, "a.b", match, now: WallTime(seconds: 0))
        topics.subscribe(1, to: 5)
        topics.subscribe(2, to: 5)
        #expect(topics.id(of: "a.b", match) == 5)
        #expect(topics.matching("a.b") == [5])
        #expect(topics.hasPatterns == (match != .exact))
        #expect(topics.ids(match) == [5])
        let gone = [1, 2, 2].map { topics.unsubscribe($0, from: 5) }
        #expect(gone == [false, true, false])
        #expect(topics.matching("a.b").isEmpty)
        #expect(topics.count == 0)
        #expect(topics.patternNodes == 0)
    }

    @Test("An idle session owns no more than its identity: features fit a byte, the rest is empty")
    func idle() {
        #expect(MemoryLayout<PeerFeatures>.size == 1)
        #expect(MemoryLayout<Member>.size <= 320)
        let hello = TestRealm.hello(
            callee: ["call_canceling", "call_timeout", "progressive_call_results"],
            caller: ["progressive_call_invocations"])
        #expect(
            PeerFeatures(hello: hello)
                == [.callCanceling, .callTimeout, .progressiveResults, .progressiveInvocations])
        #expect(PeerFeatures(hello: TestRealm.hello(callee: [], caller: ["call_canceling"])) == [])
        #expect(PeerFeatures(hello: [:]) == [])
    }

    @Test("Time stamps have milliseconds as Crossbar's")
    func timeStamps() {
        #expect(
            WallTime(seconds: 1_767_323_045, nanoseconds: 7_999_999).rfc3339Milliseconds == "2026-01-02T03:04:05.007Z")
        #expect(WallTime(seconds: 0).rfc3339Milliseconds == "1970-01-01T00:00:00.000Z")
    }
}
