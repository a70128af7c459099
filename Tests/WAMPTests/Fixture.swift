import Foundation
import Testing
import Values

/// The JSON files beside the tests.
enum Fixture {
    static func load(_ name: String) throws -> Value {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"))
        return try JSON.decode([UInt8](Data(contentsOf: url)))
    }

    /// A list of the vectors file, empty when there is none of that name (which the tests check).
    static func vectors(_ name: String) -> [Value] { ((try? load("wamp-vectors")[name]) ?? nil)?.array ?? [] }

    /// The bytes of pairs of hexadecimal digits.
    static func bytes(hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
