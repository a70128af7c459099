public import Values

/// One WAMP message in either direction (wamp-protocol.md 1).
///
/// `request` numbers are 1…2^53; only an unsolicited UNREGISTERED or UNSUBSCRIBED carries 0.
public enum Message: Sendable, Hashable {
    case hello(realm: String, details: Object)
    case welcome(session: UInt64, details: Object)
    case abort(details: Object, reason: String, payload: Payload)
    case challenge(method: String, extra: Object)
    case authenticate(signature: String, extra: Object)
    case goodbye(details: Object, reason: String)
    /// `type` is the code of the request that failed; see ``MessageCode``.
    case error(type: UInt64, request: UInt64, details: Object, uri: String, payload: Payload)

    case publish(request: UInt64, options: Object, topic: String, payload: Payload)
    case published(request: UInt64, publication: UInt64)
    case subscribe(request: UInt64, options: Object, topic: String)
    case subscribed(request: UInt64, subscription: UInt64)
    case unsubscribe(request: UInt64, subscription: UInt64)
    /// With request 0 the broker took the subscription away; `details` says which (wamp-protocol.md 7.9).
    case unsubscribed(request: UInt64, details: Object)
    case event(subscription: UInt64, publication: UInt64, details: Object, payload: Payload)

    case call(request: UInt64, options: Object, procedure: String, payload: Payload)
    case cancel(request: UInt64, options: Object)
    case result(request: UInt64, details: Object, payload: Payload)
    case register(request: UInt64, options: Object, procedure: String)
    case registered(request: UInt64, registration: UInt64)
    case unregister(request: UInt64, registration: UInt64)
    /// With request 0 the dealer took the registration away; `details` says which (wamp-protocol.md 8.10).
    case unregistered(request: UInt64, details: Object)
    case invocation(request: UInt64, registration: UInt64, details: Object, payload: Payload)
    case interrupt(request: UInt64, options: Object)
    case yield(request: UInt64, options: Object, payload: Payload)

    /// A message of a code from 256 on, which implementations may use as they like. To be ignored.
    case extended(code: UInt64, elements: [Value])
}
