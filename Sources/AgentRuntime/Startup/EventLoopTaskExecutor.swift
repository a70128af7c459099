import NIOCore
import NIOPosix

/// Runs the agent's tasks on an event loop: what arrives is handled by the thread that has read it. With the pool of the
/// concurrency library every call to the device would cost several switches between threads.
///
/// Files and the database have threads of their own; nothing that blocks may run here.
final class EventLoopTaskExecutor: TaskExecutor {
    /// The one of this process. NIO's shared group gets a single loop, so that no connection hands its bytes to another
    /// thread than the one that handles them.
    static let agent = {
        NIOSingletons.groupLoopCountSuggestion = 1
        return EventLoopTaskExecutor(MultiThreadedEventLoopGroup.singleton.next())
    }()

    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
