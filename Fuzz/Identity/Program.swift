import AgentCore
import DeviceProtocol
import FuzzSupport
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The identity file and the choice between it and its backup. A line `----` separates the two.
@main
struct Program {
    private static let separator = Array("\n----\n".utf8)

    static func main() {
        exit(
            Fuzzer.run { bytes in
                let place = bytes.firstRange(of: separator)
                let main = Array(bytes[..<(place?.lowerBound ?? bytes.endIndex)])
                let backup = place.map { Array(bytes[$0.upperBound...]) }
                switch IdentityRecovery.decide(main: main, backup: backup) {
                case .main(let file), .backup(let file, _): check(file)
                case .refuse(let error): expect(!"\(error)".isEmpty, "refused without a reason")
                }
                if let file = try? IdentityFile(bytes: main) { rewrite(file) }
            })
    }

    /// What the agent runs with is complete.
    private static func check(_ file: IdentityFile) {
        expect(file.deviceKey > 0 && file.swarmKey > 0 && !file.isChanged, "an identity that is none")
        let context = file.context()
        expect(!context.serialNumber.isEmpty && !context.secret.isEmpty, "an identity without serial or secret")
        expect(file.authID == "\(file.swarmKey)-\(file.deviceKey)", "a name that is not the device's")
    }

    /// Writing loses nothing.
    private static func rewrite(_ original: IdentityFile) {
        var file = original
        file.applyLegacyRewrites()
        file.refresh(from: DeviceMetadata(deviceName: "n", swarmName: "s", ownerName: nil, swarmKey: 5))
        guard let bytes = try? file.encoded(), let again = try? IdentityFile(bytes: bytes) else {
            violated("an identity that was read cannot be written and read again")
        }
        expect(again.swarmKey == 5 && again.text("name") == "n", "the news are lost")
        expect((try? again.encoded()) == bytes, "writing is not stable")
        for key in ["secret", "serial_number", "device_endpoint_url"] where original.text(key) != again.text(key) {
            expect(key == "device_endpoint_url", "\(key) changed")
        }
    }
}
