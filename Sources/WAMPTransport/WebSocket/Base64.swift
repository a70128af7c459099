/// Standard Base64 with padding (RFC 4648 section 4), for the few short values of an opening handshake.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        var group: UInt32 = 0
        var held = 0
        func flush() {
            for place in 0..<4 {
                let digit = alphabet[Int(group >> UInt32(18 - 6 * place)) & 0x3f]
                text.append(place <= held ? digit : UInt8(ascii: "="))
            }
            group = 0
            held = 0
        }
        for byte in bytes {
            group |= UInt32(byte) << UInt32(16 - 8 * held)
            held += 1
            if held == 3 { flush() }
        }
        if held > 0 { flush() }
        return String(decoding: text, as: UTF8.self)
    }
}
