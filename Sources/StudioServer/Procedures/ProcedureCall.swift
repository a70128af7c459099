import DeviceProtocol
import StudioCore
import Values

/// One call to the studio: its arguments and who makes it. Whatever is wrong with them is a ``StudioError``.
struct ProcedureCall: Sendable {
    var args: [Value]
    var caller: Caller
    /// The project that this studio serves.
    var swarmKey: UInt64

    /// The first argument, which holds everything.
    var object: Object { args.first?.object ?? [:] }

    /// Reads a payload; a wrong one is the caller's fault.
    func decode<T>(_ body: (Object) throws(PayloadError) -> T) throws(StudioError) -> T {
        do { return try body(object) } catch { throw StudioError(.invalid, "\(error)") }
    }

    /// The device that the call is about; it must be the caller.
    func ownDevice(_ name: String = "device_key") throws(StudioError) -> UInt64 {
        let key = try decode { (object) throws(PayloadError) in
            guard let key = try PayloadReader(object).lenientNumber(name) else {
                throw PayloadError(.missing, field: name)
            }
            return key
        }
        try caller.requireDevice(key, ofSwarm: swarmKey)
        return key
    }

    /// A text that must be there.
    func text(_ name: String) throws(StudioError) -> String {
        guard let text = try optionalText(name), !text.isEmpty else {
            throw StudioError(.invalid, "\(name) is missing")
        }
        return text
    }

    func optionalText(_ name: String) throws(StudioError) -> String? {
        try decode { (object) throws(PayloadError) in try PayloadReader(object).text(name) }
    }

    /// Name → value, both texts.
    func texts(_ name: String) throws(StudioError) -> [String: String] {
        let object = try decode { (object) throws(PayloadError) in try PayloadReader(object).dictionary(name) }?.object
        var texts: [String: String] = [:]
        for (key, value) in object ?? [:] {
            guard let text = value.string else { throw StudioError(.invalid, "\(name): “\(key)” is no text") }
            texts[key] = text
        }
        return texts
    }
}
