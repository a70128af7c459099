import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Proof that a failing test turns the run red: `TEST_SABOTAGE=1 make test` must name this test and end non-zero.
@Suite("Sabotage")
struct SabotageTests {
    @Test("the suite reports a failure when TEST_SABOTAGE is 1")
    func sabotage() {
        let sabotaged = getenv("TEST_SABOTAGE").map { String(cString: $0) } == "1"
        #expect(!sabotaged, "TEST_SABOTAGE is set: this failure is intended")
    }
}
