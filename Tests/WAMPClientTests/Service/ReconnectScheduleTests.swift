import Synchronization
import Testing
import WAMPClient

@Suite("When to try again")
struct ReconnectScheduleTests {
    @Test("The first retry comes within half a second", arguments: [(0.0, 0.0), (0.5, 0.25), (1.0, 0.5)])
    func first(chance: Double, seconds: Double) {
        var schedule = ReconnectSchedule(random: { chance })
        #expect(schedule.delay(after: .lost(after: .seconds(3600)), at: .seconds(9)) == .seconds(seconds))
    }

    @Test("Then 1 s ± 50 % for five minutes", arguments: [(0.0, 0.5), (0.5, 1.0), (1.0, 1.5)])
    func patience(chance: Double, seconds: Double) {
        var schedule = ReconnectSchedule(random: { chance })
        var now = Duration.seconds(1000)
        _ = schedule.delay(after: .failed, at: now)
        for _ in 0..<290 {
            #expect(schedule.delay(after: .failed, at: now) == .seconds(seconds))
            now += .seconds(1)
        }
    }

    @Test("Then it grows, with the longest pause at 30 s")
    func growth() {
        var schedule = ReconnectSchedule(random: { 0.5 })
        _ = schedule.delay(after: .failed, at: .zero)
        var now = Duration.seconds(300)
        var pauses: [Duration] = []
        for _ in 0..<8 {
            pauses.append(schedule.delay(after: .failed, at: now))
            now += pauses[pauses.count - 1]
        }
        #expect(pauses == [2, 4, 8, 16, 20, 20, 20, 20].map { .seconds($0) })
        var latest = ReconnectSchedule(random: { 1 })
        _ = latest.delay(after: .failed, at: .zero)
        let longest = (0..<20).map { _ in latest.delay(after: .failed, at: .seconds(900)) }.max()
        #expect(longest == .seconds(30))
    }

    @Test("A refused authentication grows to five minutes and not beyond")
    func refused() {
        var schedule = ReconnectSchedule(random: { 1 })
        let pauses = (0..<12).map { _ in schedule.delay(after: .refused, at: .zero) }
        #expect(pauses.first == .seconds(1.5))
        #expect(pauses == pauses.sorted())
        #expect(pauses.last == .seconds(300))
    }

    @Test("A session that lasted ends the outage; one that ended at once continues it")
    func reset() {
        var schedule = ReconnectSchedule(random: { 0.5 })
        _ = schedule.delay(after: .failed, at: .zero)
        _ = schedule.delay(after: .failed, at: .seconds(400))
        #expect(schedule.delay(after: .lost(after: .seconds(1)), at: .seconds(401)) == .seconds(4))
        #expect(schedule.delay(after: .lost(after: .seconds(60)), at: .seconds(500)) == .seconds(0.25))
        #expect(schedule.delay(after: .failed, at: .seconds(501)) == .seconds(1))
    }

    @Test("Chance outside 0...1 is held inside")
    func chance() {
        for chance in [-5.0, 7.0, .infinity] {
            var schedule = ReconnectSchedule(random: { chance })
            let first = schedule.delay(after: .failed, at: .zero)
            #expect(first >= .zero && first <= .seconds(0.5))
        }
    }

    @Test("The default is spread by chance")
    func spread() {
        let delays = (0..<20).map { _ in
            var schedule = ReconnectSchedule()
            return schedule.delay(after: .failed, at: .zero)
        }
        #expect(Set(delays).count > 1)
        #expect(delays.allSatisfy { $0 <= .seconds(0.5) })
    }
}
