/// The checks on URIs that a router makes for every message (wamp-protocol.md 2.2).
enum RouterURI {
    /// Bytes that a pattern or a procedure may have. Each byte of a pattern may cost a node of a tree.
    static let maximumLength = 1024

    /// Whether the first component is `wamp`, which is the router's own.
    static func isReserved(_ uri: String) -> Bool {
        uri.utf8.starts(with: "wamp.".utf8) || uri == "wamp"
    }

    /// The same as ``WAMPURI/isValid(_:_:gaps:)`` with the loose rule and no gaps, quick for plain ASCII.
    static func isValid(_ uri: String) -> Bool {
        var isEmpty = true
        for byte in uri.utf8 {
            switch byte {
            case UInt8(ascii: "."):
                if isEmpty { return false }
                isEmpty = true
            case UInt8(ascii: "#"), UInt8(ascii: " "), 0x09...0x0D: return false
            case 0x80...: return WAMPURI.isValid(uri)
            default: isEmpty = false
            }
        }
        return !isEmpty
    }
}
