import Synchronization

/// The device's context, shared by everything that asks for it and replaced by the link when the backend tells news.
public final class DeviceContextHolder: DeviceContextSource {
    private let state: Mutex<DeviceContext>

    public init(_ context: DeviceContext) { state = Mutex(context) }

    public var context: DeviceContext { state.withLock { $0 } }

    /// Changes the context in one step and returns the new one.
    @discardableResult
    public func update(_ change: (inout DeviceContext) -> Void) -> DeviceContext {
        state.withLock { context in
            change(&context)
            return context
        }
    }
}
