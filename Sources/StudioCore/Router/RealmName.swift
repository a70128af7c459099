/// The rule for names of realms.
public enum RealmName {
    /// What autobahn's clients accept, and so every client: a letter, then letters, digits and `_ - @ .`, 3 to 255 in
    /// all (wamp-protocol.md 2.2).
    public static func check(_ name: String) throws(StudioError) {
        let bytes = Array(name.utf8)
        guard (3...255).contains(bytes.count), isLetter(bytes[0]), bytes.allSatisfy(isAllowed), !name.hasSuffix("."),
            !name.contains("..")
        else {
            throw StudioError(
                .invalid,
                "a realm has 3 to 255 letters, digits, dots, dashes, underscores or @ and starts with a letter; got "
                    + "“\(name)”")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || Array("_-@.".utf8).contains(byte)
    }
}
