/// Whether apps get the runtime `nvidia` (system.md 4.6).
enum GraphicsDetection {
    static func isNvidia(hasDriverDirectory: Bool, linkerCache: [UInt8], model: String) -> Bool {
        hasDriverDirectory || contains("libnvidia", in: linkerCache) || model.lowercased().contains("nvidia")
    }

    private static func contains(_ text: String, in bytes: [UInt8]) -> Bool {
        let pattern = Array(text.utf8)
        guard bytes.count >= pattern.count, let first = pattern.first else { return false }
        return (0...bytes.count - pattern.count).contains { start in
            bytes[start] == first && bytes[start..<start + pattern.count].elementsEqual(pattern)
        }
    }
}
