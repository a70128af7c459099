import AgentRuntime
import Files
import Logging

/// A directory of one test, removed at its end.
func withTemporaryDirectory<R>(_ body: (String) async throws -> R) async throws -> R {
    let path = "/tmp/runtime-tests-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    try Directory.create(path)
    defer { try? Directory.remove(path) }
    return try await body(path)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ path: String) throws -> String { String(decoding: try AtomicFile.read(path), as: UTF8.self) }

func lines(_ path: String) throws -> [String] { try text(path).split(separator: "\n").map(String.init) }

/// A logger that says nothing.
let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }

/// An identity file as a device has it.
func identityText(name: String = "dev", key: String = "3", endpoint: String = "ws://127.0.0.1:8080/ws") -> String {
    """
    {"name":"\(name)","secret":"s3cret-of-device","password":"wifi-password","swarm_key":2,"device_key":\(key),\
    "serial_number":"0f7f9cf8-5a2d-4a3e-9d7c-1b1e6a9f0c11","device_endpoint_url":"\(endpoint)","mystery":[1]}
    """
}
