/// Cuts bytes as a network would: the places are taken from a seed, so that an input always is cut the same way.
public func pieces(of bytes: [UInt8], seed: UInt8) -> [[UInt8]] {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        // Mostly small pieces; seed 0 cuts behind every byte.
        let size = seed == 0 ? 1 : Int(state % (state & 0x100 == 0 ? 9 : 200)) + 1
        let end = min(start + size, bytes.count)
        pieces.append(Array(bytes[start..<end]))
        start = end
    }
    return pieces
}
