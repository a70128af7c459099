#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An executor with a thread of its own, for actors whose work blocks: file and database work, `waitpid`.
///
/// The cooperative pool has as many threads as the machine has cores; blocking one of them delays everybody.
/// Jobs run one after the other in the order of arrival. The thread ends when the executor is released and its jobs
/// are done.
public final class ThreadExecutor: SerialExecutor {
    private let jobs: JobQueue

    /// Starts the thread. Its name is cut to the 15 bytes that the kernel keeps.
    public init(name: String) {
        let jobs = JobQueue()
        self.jobs = jobs
        startThread(named: name) { jobs.run() }
    }

    deinit { jobs.stop() }

    public func enqueue(_ job: consuming ExecutorJob) {
        // The entry keeps the executor until its job is done, also when the job releases the actor that owns it.
        jobs.append(.init(job: UnownedJob(job), executor: self))
    }
}

private final class ThreadBody: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }
}

private func startThread(named name: String, _ run: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(ThreadBody(name: name, run: run))
    var thread = pthread_t(bitPattern: 0)
    let code = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
            pthread_detach(pthread_self())
            nameThisThread(body.name)
            body.run()
            return nil
        }, body.toOpaque())
    guard code == 0 else { preconditionFailure("the machine has no room for another thread (errno \(code))") }
}

/// Names the calling thread in `/proc` (proc(5), `comm`). A thread without a name works as well.
private func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
    close(file)
}
