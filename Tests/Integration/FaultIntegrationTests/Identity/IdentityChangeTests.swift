import Foundation
import IntegrationTestKit
import Testing
import WAMPTestKit

/// The identity file changes while the agent runs.
@Suite("Identity file while the agent runs", .serialized)
struct IdentityChangeTests {
    @Test(
        "half-written while connected: nothing happens; at the next connect a sentence, the identity in memory goes on, the file is left alone; the whole file is used"
    )
    func halfWritten() async throws {
        try await LinkBench.with { bench in
            let path = bench.workspace.file("device.flock")
            let good = try String(contentsOfFile: path, encoding: .utf8)
            try await bench.running { process in
                await bench.connect()
                let half = String(good.prefix(good.count / 2))
                try half.write(toFile: path, atomically: false, encoding: .utf8)
                await bench.router.cut()
                await bench.connect(session: 1)
                #expect(bench.router.entries(of: 1).first == .hello(authID: "2-3"))
                #expect(process.text.components(separatedBy: "the changed identity file cannot be used").count == 2)
                #expect(bench.logged("the changed identity file cannot be used") == 1)
                #expect(try String(contentsOfFile: path, encoding: .utf8) == half)
                let other = good.replacing("\"device_key\": 3", with: "\"device_key\": 5")
                try other.write(toFile: path, atomically: false, encoding: .utf8)
                await bench.router.cut()
                await bench.connect(session: 2)
                #expect(bench.router.entries(of: 2).first == .hello(authID: "2-5"))
                #expect(bench.logged("the identity file was changed and read again") == 1)
                #expect(try String(contentsOfFile: path, encoding: .utf8) == other)
            }
        }
    }

    @Test(
        "a wrong secret, by the sentence that ends the reference: the process lives, says it once, backs off, and a corrected file works within seconds (8.5)"
    )
    func corrected() async throws {
        try await LinkBench.with { bench in
            let path = bench.workspace.file("device.flock")
            let good = try String(contentsOfFile: path, encoding: .utf8)
            bench.router.admit(.abort("wamp.error.not_authorized", "WAMP-CRA client signature is invalid"))
            try await bench.running { process in
                let isTried = await eventually(within: .seconds(20)) { bench.router.hellos >= 4 }
                #expect(isTried && process.isRunning)
                let said = "does not accept this device (2-3)"
                #expect(process.text.components(separatedBy: said).count == 2, "\(process.text)")
                #expect(process.text.contains("WAMP-CRA client signature is invalid"))
                #expect(bench.logged(said) - bench.logged("\"level\":\"debug\",") <= 1)
                // Half a file in between is no harm.
                try "{\"secret\":".write(toFile: path, atomically: false, encoding: .utf8)
                try await Task.sleep(for: .milliseconds(300))
                bench.router.admit(.welcome)
                let began = ContinuousClock.now
                let other = good.replacing("\"device_key\": 3", with: "\"device_key\": 5")
                try other.write(toFile: path, atomically: false, encoding: .utf8)
                let isBack = await eventually(within: .seconds(20)) {
                    bench.router.entries.contains(.hello(authID: "2-5"))
                        && bench.router.entries.contains { LinkBench.isStatus("CONNECTED", $0) }
                }
                #expect(isBack, "\(bench.program.log.suffix(2000))")
                print("figure: connected \(ContinuousClock.now - began) after the identity file was corrected")
                #expect(bench.logged("the router accepts this device again") == 1)
            }
        }
    }
}
