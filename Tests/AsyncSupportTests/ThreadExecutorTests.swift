import AsyncSupport
import AsyncTestKit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An actor that lives on a thread of its own and tells about it.
private actor Worker {
    private nonisolated let executor: ThreadExecutor
    private var count = 0

    init(name: String) { executor = ThreadExecutor(name: name) }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func threadName() -> String { currentThreadName() }

    func threadID() -> pid_t { currentThreadID() }

    func increment() { count += 1 }

    func current() -> Int { count }

    /// Blocks the thread until the pipe has a byte.
    func block(on descriptor: Int32) -> UInt8 {
        var byte: UInt8 = 0
        _ = read(descriptor, &byte, 1)
        return byte
    }
}

private func currentThreadID() -> pid_t {
    // /proc/thread-self is a link to <pid>/task/<tid>.
    var buffer = [CChar](repeating: 0, count: 64)
    let length = readlink("/proc/thread-self", &buffer, buffer.count)
    let text = String(decoding: buffer.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: "/").last.flatMap { pid_t($0) } ?? -1
}

private func currentThreadName() -> String {
    let file = open("/proc/thread-self/comm", O_RDONLY)
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 32)
    let length = read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(length - 1, 0)), as: UTF8.self)
}

@Suite("Thread executor")
struct ThreadExecutorTests {
    @Test("an actor's work runs on one thread with the given name, cut to 15 bytes")
    func oneNamedThread() async {
        let worker = Worker(name: "reagent-database-thread")
        #expect(await worker.threadName() == "reagent-databas")
        let ids = await withTaskGroup(of: pid_t.self) { group in
            for _ in 0..<100 { group.addTask { await worker.threadID() } }
            return await group.reduce(into: Set<pid_t>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(ids.first != currentThreadID())
    }

    @Test("a blocked thread blocks nobody else, however many there are")
    func neverBlocksThePool() async {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let (readEnd, writeEnd) = (ends[0], ends[1])
        // More blocked workers than the cooperative pool has threads on any machine of ours.
        let workers = (0..<64).map { Worker(name: "blocked-\($0)") }
        await withTaskGroup(of: UInt8.self) { group in
            for worker in workers { group.addTask { await worker.block(on: readEnd) } }
            let free = Worker(name: "free")
            for _ in 0..<100 { await free.increment() }
            #expect(await free.current() == 100)
            _ = write(writeEnd, [UInt8](repeating: 7, count: 64), 64)
            #expect(await group.reduce(into: 0) { $0 += Int($1) } == 64 * 7)
        }
        close(readEnd)
        close(writeEnd)
    }

    @Test("work stays in order and is not lost under load")
    func load() async {
        let worker = Worker(name: "load")
        await withTaskGroup { group in
            for _ in 0..<20 { group.addTask { for _ in 0..<200 { await worker.increment() } } }
        }
        #expect(await worker.current() == 4000)
    }

    @Test("the thread ends when the executor is released")
    func release() async throws {
        let id = await Worker(name: "short-lived").threadID()
        let time = SystemTime()
        try await withDeadline(.seconds(10), on: time) {
            while access("/proc/self/task/\(id)", F_OK) == 0 { try await time.sleep(for: .milliseconds(1)) }
        }
        #expect(access("/proc/self/task/\(id)", F_OK) != 0)
    }
}
