import NIOCore
import NIOPosix
import WAMPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// wamp-load URL REALM TEST… : measures a router as wamp-conformance.md 5 says; one line per test, `name key=value …`.
//   rpc-1 rpc-32   calls/s with so many in flight      pub-1 pub-20   deliveries/s to so many subscribers
//   memory         KiB of anonymous memory per idle session; LOAD_PIDS names the router's processes
// LOAD_AUTHID and LOAD_SECRET join with WAMP-CRA; LOAD_SCALE multiplies the counts;
// LOAD_WINDOW sets the events between two acknowledgements.

/// A variable of the environment; nil when it is empty or not there.
func variable(_ name: String) -> String? {
    guard let text = getenv(name).map({ String(cString: $0) }), !text.isEmpty else { return nil }
    return text
}

func rounded(_ value: Double) -> String {
    value < 100 ? String((value * 10).rounded() / 10) : String(Int(value.rounded()))
}

guard CommandLine.arguments.count > 3 else {
    print("usage: wamp-load URL REALM TEST…")
    exit(2)
}
do {
    // 2,000 sessions need as many descriptors.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let account = LoadAccount(
        url: try WebSocketURL(CommandLine.arguments[1]), realm: CommandLine.arguments[2],
        authID: variable("LOAD_AUTHID"), secret: variable("LOAD_SECRET") ?? "")
    let tests = LoadTests(
        account: account, loop: MultiThreadedEventLoopGroup.singleton.next(),
        scale: variable("LOAD_SCALE").flatMap { Double($0) } ?? 1,
        window: variable("LOAD_WINDOW").flatMap { Int($0) } ?? 100)
    let processes = (variable("LOAD_PIDS") ?? "").split(separator: " ").compactMap { Int($0) }
    for test in CommandLine.arguments.dropFirst(3) {
        let figures: [(String, Double)]
        switch test {
        case "rpc-1": figures = try await tests.calls(3000, inFlight: 1)
        case "rpc-32": figures = try await tests.calls(15_000, inFlight: 32)
        case "pub-1": figures = try await tests.events(60_000, subscribers: 1)
        case "pub-20": figures = try await tests.events(20_000, subscribers: 20)
        case "memory": figures = try await tests.memory(sessions: 2000, processes: processes)
        default: throw LoadError("no test \(test)")
        }
        print(([test] + figures.map { "\($0.0)=\(rounded($0.1))" }).joined(separator: " "))
        fflush(nil)
    }
} catch {
    print("error: \(error)")
    exit(1)
}
