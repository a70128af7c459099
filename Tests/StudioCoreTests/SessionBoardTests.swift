import StudioCore
import Testing

@Suite("Sessions of one identity")
struct SessionBoardTests {
    @Test("a device with two sessions is seen until one of them leaves")
    func two() {
        var board = SessionBoard()
        #expect(board.joined(session: 10, device: 1) == 1)
        #expect(board.joined(session: 11, device: 1) == 2)
        #expect(board.joined(session: 12, device: 2) == 1)
        board.left(session: 10)
        #expect(board.count(of: 1) == 1 && board.count(of: 2) == 1)
        board.left(session: 11)
        #expect(board.count(of: 1) == 0)
    }

    @Test("news told twice or too late, and sessions never heard of, change nothing")
    func repeated() {
        var board = SessionBoard()
        board.left(session: 10)
        #expect(board.joined(session: 10, device: 1) == 1)
        #expect(board.joined(session: 10, device: 1) == 1)
        #expect(board.joined(session: 10, device: 2) == 1, "a number is used anew")
        #expect(board.count(of: 1) == 0)
        board.left(session: 10)
        board.left(session: 10)
        #expect(board.count(of: 2) == 0)
    }
}
