/// The type codes of the protocol (wamp-protocol.md 1).
public enum MessageCode {
    public static let hello: UInt64 = 1
    public static let welcome: UInt64 = 2
    public static let abort: UInt64 = 3
    public static let challenge: UInt64 = 4
    public static let authenticate: UInt64 = 5
    public static let goodbye: UInt64 = 6
    public static let error: UInt64 = 8
    public static let publish: UInt64 = 16
    public static let published: UInt64 = 17
    public static let subscribe: UInt64 = 32
    public static let subscribed: UInt64 = 33
    public static let unsubscribe: UInt64 = 34
    public static let unsubscribed: UInt64 = 35
    public static let event: UInt64 = 36
    public static let call: UInt64 = 48
    public static let cancel: UInt64 = 49
    public static let result: UInt64 = 50
    public static let register: UInt64 = 64
    public static let registered: UInt64 = 65
    public static let unregister: UInt64 = 66
    public static let unregistered: UInt64 = 67
    public static let invocation: UInt64 = 68
    public static let interrupt: UInt64 = 69
    public static let yield: UInt64 = 70
}
