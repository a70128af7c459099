public import AgentCore
import AsyncSupport
import Synchronization

/// A container engine in memory: containers, images and a registry, with errors on demand and a log of every call.
public final class ModelEngine: Sendable {
    public enum Operation: Sendable, Hashable, CaseIterable {
        case ping, watch, inspect, list, create, start, stop, remove, contains, pull, tags, removeTag
    }

    public struct Call: Sendable, Equatable, CustomStringConvertible {
        public var operation: Operation
        public var subject: String

        public init(_ operation: Operation, _ subject: String = "") {
            self.operation = operation
            self.subject = subject
        }

        public var changesSomething: Bool {
            [.create, .start, .stop, .remove, .pull, .removeTag].contains(operation)
        }

        public var description: String { "\(operation) \(subject)" }
    }

    struct State {
        var containers: [String: ContainerSnapshot] = [:]
        var specifications: [ContainerSpecification] = []
        var images: Set<String> = []
        var registry: Set<String> = []
        var exitCodes: [String: Int32] = [:]
        var errors: [Operation: [EngineError]] = [:]
        var held: [Operation: Gate] = [:]
        var reached: [Operation: Gate] = [:]
        var calls: [Call] = []
        var credentials: [RegistryCredentials?] = []
        var nextID = 0
        var isAvailable = true
        var watchers: [Int: BoundedChannel<ContainerEvent>] = [:]
    }

    let state = Mutex(State())

    public init(images: Set<String> = [], registry: Set<String> = []) {
        state.withLock {
            $0.images = images
            $0.registry = registry
        }
    }

    // MARK: - What a test sees

    public var calls: [Call] { state.withLock { $0.calls } }

    /// Calls that change something, in order.
    public var changes: [Call] { calls.filter(\.changesSomething) }

    public var containers: [String: ContainerSnapshot] { state.withLock { $0.containers } }

    public var images: Set<String> { state.withLock { $0.images } }

    /// What containers were created from, in order.
    public var specifications: [ContainerSpecification] { state.withLock { $0.specifications } }

    /// The credentials of each pull.
    public var credentials: [RegistryCredentials?] { state.withLock { $0.credentials } }

    // MARK: - What a test does

    /// Lets the next calls of the operation fail, one error each.
    public func inject(_ error: EngineError, on operation: Operation, times: Int = 1) {
        state.withLock { $0.errors[operation, default: []] += Array(repeating: error, count: times) }
    }

    /// While false, every call fails as `unavailable` and the event streams end.
    public func setAvailable(_ isAvailable: Bool) {
        let ended = state.withLock { state in
            state.isAvailable = isAvailable
            defer { if !isAvailable { state.watchers = [:] } }
            return isAvailable ? [] : Array(state.watchers.values)
        }
        for watcher in ended { watcher.finish() }
    }

    /// Lets every call of the operation wait until ``release(_:)``.
    public func hold(_ operation: Operation) {
        state.withLock {
            $0.held[operation] = Gate()
            $0.reached[operation] = Gate()
        }
    }

    public func release(_ operation: Operation) async {
        let gate = state.withLock { $0.held.removeValue(forKey: operation) }
        await gate?.open()
    }

    /// Returns when a call of a held operation has come.
    public func waitUntilHeld(_ operation: Operation) async {
        let gate = state.withLock { $0.reached[operation] }
        try? await gate?.wait()
    }

    /// Containers of this name exit with that code as soon as they are started; nil lets them run.
    public func setExitCode(_ code: Int32?, of container: String) {
        state.withLock { $0.exitCodes[container] = code }
    }

    /// Puts a container there, as if somebody had made it.
    public func place(_ container: ContainerSnapshot) {
        state.withLock { $0.containers[container.name] = container }
    }

    public func placeImage(_ reference: String) { state.withLock { _ = $0.images.insert(reference) } }

    public func removeImage(_ reference: String) { state.withLock { _ = $0.images.remove(reference) } }

    /// The container's process ends by itself.
    public func crash(_ container: String, exitCode: Int32) {
        change(container, event: "die") {
            $0.status = .exited
            $0.exitCode = exitCode
        }
    }

    public func setStatus(_ status: ContainerSnapshot.Status, of container: String) {
        change(container, event: status == .paused ? "pause" : "update") { $0.status = status }
    }

    private func change(_ name: String, event: String, _ change: (inout ContainerSnapshot) -> Void) {
        state.withLock { state in
            guard var container = state.containers[name] else { return }
            change(&container)
            state.containers[name] = container
            Self.publish(event, container, in: state)
        }
    }

    // MARK: - Parts

    static func publish(_ action: String, _ container: ContainerSnapshot, in state: State) {
        let event = ContainerEvent(
            action: action, container: container.name, labels: container.labels, time: WallTime(seconds: 1))
        for watcher in state.watchers.values { watcher.send(event) }
    }

    /// Counts the call, waits while it is held, and throws what was injected.
    func enter(_ operation: Operation, _ subject: String = "") async throws(EngineError) {
        let (held, reached) = state.withLock { state in
            state.calls.append(Call(operation, subject))
            return (state.held[operation], state.reached[operation])
        }
        await reached?.open()
        if let held {
            do { try await held.wait() } catch { throw EngineError(.canceled, "the call was cancelled") }
        }
        let error: EngineError? = state.withLock { state in
            guard state.isAvailable else { return EngineError(.unavailable, "the engine does not answer") }
            guard state.errors[operation]?.isEmpty == false else { return nil }
            return state.errors[operation]?.removeFirst()
        }
        if let error { throw error }
    }
}
