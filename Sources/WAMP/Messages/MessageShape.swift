/// The layout of a message after its code: a code and a length fix the type of every element (wamp-protocol.md 1).
struct MessageShape {
    enum Element {
        /// An identifier, 1…2^53.
        case id
        /// An identifier, or 0 in an unsolicited message.
        case idOrZero
        /// The code of a request.
        case code
        case text
        /// A dictionary. Null counts as an empty one: routers written in Go send it so.
        case dictionary
        /// A dictionary that only clients send: null is none, and a router ends the session for it (3.4).
        case options
    }

    let name: String
    let elements: [Element]
    /// Elements that may be missing at the end.
    var optional: [Element] = []
    /// Whether args and kwargs may follow.
    var payload = false

    var lengths: ClosedRange<Int> { elements.count...elements.count + optional.count + (payload ? 2 : 0) }

    static let table: [UInt64: MessageShape] = [
        MessageCode.hello: .init(name: "HELLO", elements: [.text, .options]),
        MessageCode.welcome: .init(name: "WELCOME", elements: [.id, .dictionary]),
        MessageCode.abort: .init(name: "ABORT", elements: [.dictionary, .text], payload: true),
        MessageCode.challenge: .init(name: "CHALLENGE", elements: [.text, .dictionary]),
        MessageCode.authenticate: .init(name: "AUTHENTICATE", elements: [.text, .dictionary]),
        MessageCode.goodbye: .init(name: "GOODBYE", elements: [.dictionary, .text]),
        MessageCode.error: .init(name: "ERROR", elements: [.code, .id, .dictionary, .text], payload: true),
        MessageCode.publish: .init(name: "PUBLISH", elements: [.id, .options, .text], payload: true),
        MessageCode.published: .init(name: "PUBLISHED", elements: [.id, .id]),
        MessageCode.subscribe: .init(name: "SUBSCRIBE", elements: [.id, .options, .text]),
        MessageCode.subscribed: .init(name: "SUBSCRIBED", elements: [.id, .id]),
        MessageCode.unsubscribe: .init(name: "UNSUBSCRIBE", elements: [.id, .id]),
        MessageCode.unsubscribed: .init(name: "UNSUBSCRIBED", elements: [.idOrZero], optional: [.dictionary]),
        MessageCode.event: .init(name: "EVENT", elements: [.id, .id, .dictionary], payload: true),
        MessageCode.call: .init(name: "CALL", elements: [.id, .options, .text], payload: true),
        MessageCode.cancel: .init(name: "CANCEL", elements: [.id, .options]),
        MessageCode.result: .init(name: "RESULT", elements: [.id, .dictionary], payload: true),
        MessageCode.register: .init(name: "REGISTER", elements: [.id, .options, .text]),
        MessageCode.registered: .init(name: "REGISTERED", elements: [.id, .id]),
        MessageCode.unregister: .init(name: "UNREGISTER", elements: [.id, .id]),
        MessageCode.unregistered: .init(name: "UNREGISTERED", elements: [.idOrZero], optional: [.dictionary]),
        MessageCode.invocation: .init(name: "INVOCATION", elements: [.id, .id, .dictionary], payload: true),
        MessageCode.interrupt: .init(name: "INTERRUPT", elements: [.id, .dictionary]),
        MessageCode.yield: .init(name: "YIELD", elements: [.id, .options], payload: true),
    ]
}
