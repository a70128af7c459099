import Testing
import Values

@Suite("Values and objects")
struct ObjectTests {
    @Test("The order of members does not count for equality and hashing")
    func equality() {
        let one: Object = ["a": 1, "b": 2]
        let other: Object = ["b": 2, "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1, "b": 3])
        #expect(one != ["a": 1])
        #expect(one.keys == ["a", "b"])
        #expect(other.keys == ["b", "a"])
    }

    @Test("Setting nil removes a member, setting a new key appends")
    func editing() {
        var object: Object = ["a": 1, "b": 2]
        object["a"] = nil
        object["c"] = .null
        #expect(object.keys == ["b", "c"])
        #expect(object["c"] == .null)
        #expect(object.count == 2)
        #expect(!object.isEmpty)
    }

    @Test("The last of equal keys wins")
    func duplicates() {
        #expect(Object([("a", 1), ("a", 2)]) == ["a": 2])
    }

    @Test("Reading another kind, a missing key or beyond the bounds gives nil")
    func reading() {
        let value: Value = ["a": [1, "x"]]
        #expect(value["a"]?[1]?.string == "x")
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["b"] == nil)
        #expect(value["a"]?["x"] == nil)
        #expect(value.array == nil)
        #expect(Value.null.isNull)
        #expect(Value.bytes([1]).bytes == [1])
        #expect(Value.string("x").bool == nil)
    }

    @Test("An unsigned integer has one form only")
    func oneForm() {
        #expect(Value.integer(7) == .int(7))
        #expect(Value.integer(1 << 63) == .uint(1 << 63))
    }
}
