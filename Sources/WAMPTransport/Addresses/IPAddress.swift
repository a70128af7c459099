/// An IPv4 or IPv6 address in its network bytes, parsed without asking a resolver.
struct IPAddress: Sendable, Hashable {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    /// Nil for anything but a literal: dotted quad, or colon hexadecimal with at most one `::` and an optional zone.
    init?(_ text: some StringProtocol) {
        if let bytes = Self.version4(text) {
            self.bytes = bytes
        } else if let bytes = Self.version6(text.prefix { $0 != "%" }) {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    var isLoopback: Bool {
        if let mapped = version4Bytes { return mapped[0] == 127 }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// True if the first `prefix` bits equal those of the network.
    func isInside(_ network: IPAddress, prefix: Int) -> Bool {
        let own = network.bytes.count == 4 ? (version4Bytes ?? bytes) : bytes
        guard own.count == network.bytes.count, prefix >= 0, prefix <= own.count * 8 else { return false }
        return (0..<prefix).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return own[bit / 8] & mask == network.bytes[bit / 8] & mask
        }
    }

    /// The four bytes of an IPv4 address, also when it is written as `::ffff:a.b.c.d`.
    private var version4Bytes: [UInt8]? {
        if bytes.count == 4 { return bytes }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        return isMapped ? Array(bytes.suffix(4)) : nil
    }

    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part in part.allSatisfy(\.isASCIIDigit) ? UInt8(part) : nil }
        return bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: some StringProtocol) -> [UInt8]? {
        guard text.contains(":") else { return nil }
        let halves = halves(of: String(text))
        guard halves.count <= 2 else { return nil }
        let parsed = halves.map(groups)
        guard let head = parsed[0] else { return nil }
        guard halves.count == 2 else { return head.count == 16 ? head : nil }
        guard let tail = parsed[1], head.count + tail.count <= 14 else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The text round the first `::`; more than two parts are an error of the text.
    private static func halves(of text: String) -> [Substring] {
        var halves: [Substring] = []
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next < text.endIndex, text[next] == ":" {
                halves.append(text[start..<index])
                start = text.index(after: next)
                index = start
            } else {
                index = next
            }
        }
        halves.append(text[start...])
        return halves
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let tail = version4(part) {
                bytes += tail
            } else if (1...4).contains(part.count), part.allSatisfy({ $0.isASCII && $0.isHexDigit }),
                let group = UInt16(part, radix: 16)
            {
                bytes += [UInt8(group >> 8), UInt8(group & 0xff)]
            } else {
                return nil
            }
        }
        return bytes
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) && isASCII }
}
