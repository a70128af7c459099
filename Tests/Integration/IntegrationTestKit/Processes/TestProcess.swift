import Foundation
import Synchronization

/// A child process of a test: output collected, ended at the latest when its scope ends.
public final class TestProcess: Sendable {
    private let process: Mutex<Process>
    private let output = Mutex<Data>(Data())
    public let pid: Int32

    /// Starts a program found by its absolute path.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], directory: String? = nil
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil } else { self?.output.withLock { $0.append(data) } }
        }
    }

    /// Standard output and standard error so far.
    public var text: String { output.withLock { String(decoding: $0, as: UTF8.self) } }

    public var isRunning: Bool { process.withLock { $0.isRunning } }

    /// Exit status, or the negated number of the signal that ended it; nil while it runs.
    public var status: Int32? {
        process.withLock { process in
            guard !process.isRunning else { return nil }
            return process.terminationReason == .uncaughtSignal
                ? -process.terminationStatus : process.terminationStatus
        }
    }

    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end and returns the status; after the limit the process is killed and nil returned.
    public func waitForExit(_ limit: Duration = .seconds(15)) async -> Int32? {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let status { return status }
            try? await Task.sleep(for: .milliseconds(20))
        }
        signal(SIGKILL)
        return nil
    }
}
