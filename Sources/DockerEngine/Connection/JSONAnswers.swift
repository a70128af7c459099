import Values

extension EngineAnswer {
    /// The body as JSON; `malformed` when it is none.
    func json() throws(DockerError) -> Value {
        do {
            return try JSON.decode(body)
        } catch {
            throw DockerError(.malformed, status: status, "the engine's answer is not JSON: \(error)")
        }
    }

    /// The elements of a list; `null` is an empty one.
    func jsonArray() throws(DockerError) -> [Value] {
        switch try json() {
        case .array(let elements): return elements
        case .null: return []
        default: throw DockerError(.malformed, status: status, "the engine's answer is not a list")
        }
    }

    /// The members of an object.
    func jsonObject() throws(DockerError) -> Object {
        guard case .object(let members) = try json() else {
            throw DockerError(.malformed, status: status, "the engine's answer is not an object")
        }
        return members
    }
}

extension JSON {
    /// A value of our own as a request's body.
    static func body(_ value: Value) throws(DockerError) -> [UInt8] {
        do {
            return try encode(value)
        } catch {
            throw DockerError(.refused, "the request cannot be written as JSON: \(error)")
        }
    }

    /// A filter in the form that all engines accept: `{"name":{"x":true}}` (1.3.4).
    static func filters(_ filters: [(key: String, values: [String])]) throws(DockerError) -> String {
        var object = Object()
        for (key, values) in filters {
            object[key] = .object(Object(values.map { ($0, .bool(true)) }))
        }
        return String(decoding: try body(.object(object)), as: UTF8.self)
    }
}
