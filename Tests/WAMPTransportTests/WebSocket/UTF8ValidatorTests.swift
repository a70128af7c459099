import Testing

@testable import WAMPTransport

@Suite("UTF-8 piece by piece")
struct UTF8ValidatorTests {
    @Test(
        "Valid text is accepted however it is cut",
        arguments: ["", "abc", "äöü", "€", "𐍈x", "\u{10FFFF}\u{800}\u{FFFF}"])
    func valid(text: String) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var validator = UTF8Validator()
            let first = validator.accept(bytes[..<cut])
            let second = validator.accept(bytes[cut...])
            #expect(first && second && validator.isComplete)
        }
    }

    @Test(
        "Overlong forms, surrogates, stray bytes and what is above U+10FFFF are refused at their first bad byte",
        arguments: [
            [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xc3, 0x41], [0xe2, 0x82, 0x41],
        ] as [[UInt8]])
    func invalid(bytes: [UInt8]) {
        var validator = UTF8Validator()
        let isAccepted = validator.accept(bytes)
        #expect(!isAccepted)
    }

    @Test("A cut-off character is not complete", arguments: [[0xc3], [0xe2, 0x82], [0xf0, 0x90, 0x8d]] as [[UInt8]])
    func incomplete(bytes: [UInt8]) {
        var validator = UTF8Validator()
        let isAccepted = validator.accept(bytes)
        #expect(isAccepted)
        #expect(!validator.isComplete)
    }
}
