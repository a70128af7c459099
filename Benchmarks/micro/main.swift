import AgentCore
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// micro: throughput of parts of the agent that see every byte; one line per part, `name rate=value`.

/// Repeats the body for about a second.
/// - Returns: repetitions per second.
func repetitions(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    try body()
    let began = clock.now
    var count = 0
    while clock.now - began < .seconds(1) {
        for _ in 0..<10 { try body() }
        count += 10
    }
    return Double(count) / ((clock.now - began) / .seconds(1))
}

/// A list of containers as an engine gives it, about 60 KB.
let containers: Value = .array(
    (0..<40).map { number in
        [
            "Id": .string(String(repeating: "0123456789abcdef", count: 4)), "Names": [.string("/prod_\(number)_app")],
            "Image": .string("registry.example/apps/prod_amd64_\(number)_app:1.0.\(number)"), "State": "running",
            "Created": .int(1_767_323_045 + Int64(number)), "SizeRw": 12_288.5, "Status": "Up 5 minutes",
            "Command": "/bin/sh -c \"while true; do echo \\\"tick\\\"; sleep 1; done\"",
            "Labels": .object(Object((0..<20).map { ("io.example.label.\($0)", .string("value ä \($0)")) })),
        ]
    })

do {
    let text = try JSON.encode(containers)
    let megabytes = Double(text.count) / 1e6
    let decoded = try repetitions { _ = try JSON.decode(text) }
    print("json-decode-mb-per-s rate=\(Int(decoded * megabytes))")
    let encoded = try repetitions { _ = try JSON.encode(containers) }
    print("json-encode-mb-per-s rate=\(Int(encoded * megabytes))")

    let line = "2026-11-24T13:40:05Z worker 7: request took 12 ms, 200 OK, 1234 bytes"
    var batcher = LogBatcher()
    var bytes = 0
    let batches = repetitions {
        for _ in 0..<1000 { batcher.add(line) }
        while let text = batcher.flush() { bytes += text.utf8.count }
    }
    print("log-batcher-lines-per-s rate=\(Int(batches * 1000))")

    // More than a message holds: most lines give way.
    let flooded = repetitions {
        for _ in 0..<20_000 { batcher.add(line) }
        while let text = batcher.flush() { bytes += text.utf8.count }
    }
    print("log-batcher-flood-lines-per-s rate=\(Int(flooded * 20_000))")
    guard bytes > 0 else { exit(1) }
} catch {
    print("error: \(error)")
    exit(1)
}
