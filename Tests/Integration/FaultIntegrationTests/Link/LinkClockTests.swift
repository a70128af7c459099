import Foundation
import IntegrationTestKit
import Testing
import WAMPTestKit

/// The device's clock jumps by a year while the real program runs: a preloaded library answers for the clock, which
/// works for a program that is linked dynamically, as the test build is.
@Suite("Jumps of the device's clock", .serialized)
struct LinkClockTests {
    /// Adds the seconds that stand in a shared file to CLOCK_REALTIME.
    private static let library = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        static volatile long *offset;
        __attribute__((constructor)) static void open_offset(void) {
            const char *path = getenv("TEST_CLOCK_OFFSET");
            int file = path ? open(path, O_RDONLY) : -1;
            void *page = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
            if (page != MAP_FAILED) offset = page;
        }
        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (result == 0 && clock == CLOCK_REALTIME && offset) time->tv_sec += *offset;
            return result;
        }
        """

    private static func jump(_ bench: LinkBench, years: Int) throws {
        var seconds = Int64(years) * 365 * 86_400
        let file = try Foundation.FileHandle(forWritingTo: URL(fileURLWithPath: bench.workspace.file("offset")))
        try file.write(contentsOf: Data(bytes: &seconds, count: 8))
        try file.close()
    }

    /// The year of the newest line in the log.
    private static func year(_ bench: LinkBench) -> Int? {
        let line = bench.logLines.last?.components(separatedBy: "\"time\":\"").last
        return line.flatMap { Int($0.prefix(4)) }
    }

    @Test(
        "a year forward, then two years back: the session stands, a lost one comes back by the schedule, only stamps change"
    )
    func jumps() async throws {
        try await LinkBench.with { bench in
            try Data(count: 8).write(to: URL(fileURLWithPath: bench.workspace.file("offset")))
            try Self.library.write(toFile: bench.workspace.file("clock.c"), atomically: true, encoding: .utf8)
            let object = bench.workspace.file("clock.so")
            let build = try await TestEnvironment.shell(
                "clang -shared -fPIC -O1 -o \(object) \(bench.workspace.file("clock.c"))")
            #expect(build.status == 0, "\(build.output)")
            let environment = ["LD_PRELOAD": object, "TEST_CLOCK_OFFSET": bench.workspace.file("offset")]
            let flags = ["-connTimeout", "10000", "-ppTimeout", "300"]
            try await bench.running(flags, environment: environment) { _ in
                await bench.connect()
                let now = try #require(Self.year(bench))
                var session = 0
                for years in [1, -1] {
                    try Self.jump(bench, years: years)
                    let pings = bench.router.pings
                    let isPinged = await eventually { bench.router.pings >= pings + 3 }
                    #expect(isPinged)
                    #expect(bench.router.hellos == session + 1, "the session stands")
                    await bench.router.cut()
                    session += 1
                    await bench.connect(session: session, within: .seconds(8))
                    #expect(Self.year(bench) == now + years, "\(bench.logLines.suffix(2))")
                }
            }
            try await bench.expectWholeDatabase()
        }
    }
}
