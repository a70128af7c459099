import Testing

@testable import DockerEngine

@Suite("Cutting a stream of JSON objects")
struct JSONObjectSplitterTests {
    static let objects = [#"{"a":"}{"}"#, #"{"b":{"c":[1,{"d":"\"}"}]}}"#, #"{}"#, #"{"e":"\\"}"#]

    @Test("objects come out whole, wherever the reads cut them", arguments: 1...17)
    func cuts(size: Int) throws {
        let bytes = Array((Self.objects.joined(separator: "\r\n") + "\n\u{1E}{\"f\":1}").utf8)
        var splitter = JSONObjectSplitter()
        var found: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += try splitter.append(bytes[start..<min(start + size, bytes.count)])
                .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(found == Self.objects + [#"{"f":1}"#])
        #expect(!splitter.isInsideObject)
    }

    @Test("what is no object is an error", arguments: ["[1]", "abc", "\"text\"", "}"])
    func garbage(text: String) {
        var splitter = JSONObjectSplitter()
        let error = #expect(throws: DockerError.self) { try splitter.append(Array(text.utf8)) }
        #expect(error?.code == .malformed)
    }

    @Test("an object without end does not grow for ever")
    func limit() throws {
        var splitter = JSONObjectSplitter()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: JSONObjectSplitter.objectLimit)
        _ = try splitter.append(Array("{\"a\":\"".utf8))
        #expect(splitter.isInsideObject)
        let error = #expect(throws: DockerError.self) { try splitter.append(piece) }
        #expect(error?.code == .malformed)
    }
}
