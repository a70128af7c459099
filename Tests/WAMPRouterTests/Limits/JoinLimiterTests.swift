import Testing
import WAMP

@testable import WAMPRouter

@Suite("How often an address may try to join")
struct JoinLimiterTests {
    private let limit = JoinLimit(rate: 2, burst: 3, failureCost: 4, maxAddresses: 3)
    private let address = PeerAddress.network("192.0.2.1")

    private func admitted(_ limiter: inout JoinLimiter, _ peer: PeerAddress, _ now: Duration, tries: Int = 10) -> Int {
        (0..<tries).filter { _ in limiter.admit(peer, at: now) }.count
    }

    @Test("A burst, then the rate; never more than a burst is saved up")
    func rate() {
        var limiter = JoinLimiter(limit)
        #expect(admitted(&limiter, address, .zero) == 3)
        #expect(admitted(&limiter, address, .milliseconds(499)) == 0)
        #expect(admitted(&limiter, address, .milliseconds(500)) == 1)
        #expect(admitted(&limiter, address, .seconds(1000)) == 3)
    }

    @Test("A failed attempt costs more, at most a burst below zero")
    func failures() {
        var limiter = JoinLimiter(limit)
        #expect(admitted(&limiter, address, .zero, tries: 1) == 1)
        limiter.charge(address, at: .zero)
        #expect(admitted(&limiter, address, .seconds(1)) == 0)
        #expect(admitted(&limiter, address, .milliseconds(1500)) == 1)
        for _ in 0..<100 { limiter.charge(address, at: .seconds(2)) }
        #expect(admitted(&limiter, address, .milliseconds(3900)) == 0)
        #expect(admitted(&limiter, address, .milliseconds(4100)) == 1)
    }

    @Test("Addresses do not share a bucket; peers of the Unix socket have none")
    func separate() {
        var limiter = JoinLimiter(limit)
        #expect(admitted(&limiter, address, .zero) == 3)
        #expect(admitted(&limiter, .network("192.0.2.2"), .zero) == 3)
        #expect(admitted(&limiter, .local(userID: 0), .zero, tries: 1000) == 1000)
        #expect(admitted(&limiter, .memory, .zero, tries: 1000) == 1000)
        #expect(limiter.count == 2)
    }

    @Test("An IPv6 network of 64 bits counts as one address")
    func version6() {
        var limiter = JoinLimiter(limit)
        #expect(admitted(&limiter, .network("2001:db8:1:2::1"), .zero) == 3)
        #expect(admitted(&limiter, .network("2001:db8:1:2:3:4:5:6"), .zero) == 0)
        #expect(admitted(&limiter, .network("2001:db8:1:3::1"), .zero) == 3)
        #expect(admitted(&limiter, .network("::ffff:192.0.2.1"), .zero) == 3)
        #expect(limiter.count == 3)
    }

    @Test("The table is bounded: full buckets go first, then the fullest; who is in debt stays in debt")
    func bounded() {
        var limiter = JoinLimiter(limit)
        for _ in 0..<3 { limiter.charge(address, at: .zero) }
        for number in 0..<1000 { _ = limiter.admit(.network("198.51.100.\(number)"), at: .zero) }
        #expect(limiter.count == 3)
        #expect(admitted(&limiter, address, .zero) == 0)
    }

    @Test("A clock that stands still or goes back gives nothing away")
    func clock() {
        var limiter = JoinLimiter(limit)
        #expect(admitted(&limiter, address, .seconds(5)) == 3)
        #expect(admitted(&limiter, address, .seconds(1)) == 0)
    }
}

@Suite("Log lines that hostile peers cause")
struct LogLimiterTests {
    @Test("Some lines come through, the others are counted and the count is told once")
    func limit() {
        var limiter = LogLimiter(burst: 2, rate: 1)
        let times = [0, 0, 0, 0, 0, 1, 1, 60, 60]
        var admitted: [UInt64?] = []
        for time in times { admitted.append(limiter.admit(at: .seconds(time))) }
        #expect(admitted == [0, 0, nil, nil, nil, 3, nil, 1, 0])
    }
}
