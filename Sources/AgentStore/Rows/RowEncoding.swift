import AgentCore
import DeviceProtocol
import SQLite
import Values

/// Domain values as the columns hold them.
extension SQLiteValue {
    /// - Throws: for a number above 2^63 - 1, which the column type does not have.
    static func unsigned(_ number: UInt64, _ name: String) throws(StoreError) -> SQLiteValue {
        guard let signed = Int64(exactly: number) else { throw StoreError("\(name) \(number) is too large to store") }
        return .integer(signed)
    }

    static func optionalUnsigned(_ number: UInt64?, _ name: String) throws(StoreError) -> SQLiteValue {
        guard let number else { return .null }
        return try .unsigned(number, name)
    }

    /// JSON text; `null` for an absent part, as the reference writes it.
    static func json(_ value: Value, _ name: String) throws(StoreError) -> SQLiteValue {
        do {
            return .text(try JSON.text(value))
        } catch {
            throw StoreError("\(name) cannot be written as JSON: \(error)")
        }
    }

    /// - Throws: for `STOPPED`, which the reference's tables refuse (P29): better here, with a name, than as a failed
    ///   check.
    static func state(_ state: AppState, _ name: String) throws(StoreError) -> SQLiteValue {
        guard state.isStorable else { throw StoreError("\(name) \(state.rawValue) cannot be stored") }
        return .text(state.rawValue)
    }
}

extension AppID {
    /// Key and stage, the first two values of every statement about an app.
    func bindings() throws(StoreError) -> [SQLiteValue] {
        [try .unsigned(key, "app key"), .text(stage.rawValue)]
    }
}
