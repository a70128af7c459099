import Testing

@testable import SQLite

@Suite("Room for the index of the log")
struct LogIndexSpaceTests {
    @Test("a directory with room has room; one that is not there is nobody's complaint")
    func available() {
        #expect(LogIndexSpace.isAvailable(beside: "/tmp/x.db"))
        #expect(LogIndexSpace.isAvailable(beside: "x.db"))
        #expect(LogIndexSpace.isAvailable(beside: "/nowhere/at/all/x.db"))
    }
}
