public import Values

/// A call that reached the device, free of the transport that brought it.
public struct DeviceCall: Sendable, Equatable {
    /// What follows `re.mgmt.<serial>.` in the URI.
    public var procedure: String
    public var arguments: [Value]
    public var keywords: Object
    /// The `caller_authid` that the router disclosed; nil when it disclosed none.
    public var callerAuthID: String?

    public init(
        procedure: String, arguments: [Value] = [], keywords: Object = [:], callerAuthID: String? = nil
    ) {
        self.procedure = procedure
        self.arguments = arguments
        self.keywords = keywords
        self.callerAuthID = callerAuthID
    }
}

/// A successful answer. The empty one becomes a YIELD without payload.
public struct DeviceReply: Sendable, Equatable {
    public static let empty = DeviceReply()

    public var arguments: [Value]
    public var keywords: Object

    public init(_ arguments: [Value] = [], keywords: Object = [:]) {
        self.arguments = arguments
        self.keywords = keywords
    }
}
