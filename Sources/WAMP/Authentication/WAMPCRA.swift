import Crypto
import CryptoExtras
import Values

/// The challenge-response method `wampcra` (wamp-protocol.md 10.3).
public enum WAMPCRA {
    /// The iterations and the key length that a router may ask for; more would let it keep the device busy.
    static let iterationRange = 1...1_000_000
    static let keyLengthRange = 1...1024

    /// The signature of the challenge text as it was received; it is opaque and never written anew.
    public static func signature(challenge: String, key: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(challenge.utf8), using: SymmetricKey(data: Array(key.utf8)))
        return Base64.encode(code)
    }

    /// The key that a salted secret stands for: the base64 text of PBKDF2, which itself is the HMAC key.
    /// - Throws: `authentication` for numbers out of range.
    public static func derivedKey(secret: String, salt: String, iterations: Int = 1000, keyLength: Int = 32)
        throws(WAMPError) -> String
    {
        guard iterationRange.contains(iterations), keyLengthRange.contains(keyLength) else {
            throw WAMPError(.authentication, message: "the challenge asks for an unreasonable key derivation")
        }
        do {
            let key = try KDF.Insecure.PBKDF2.deriveKey(
                from: Array(secret.utf8), salt: Array(salt.utf8), using: .sha256, outputByteCount: keyLength,
                unsafeUncheckedRounds: iterations)
            return key.withUnsafeBytes { Base64.encode($0) }
        } catch {
            throw WAMPError(.authentication, message: "the key of the challenge cannot be derived")
        }
    }

    /// The answer to a CHALLENGE's `extra`.
    static func answer(_ extra: Object, secret: String) throws(WAMPError) -> String {
        guard let challenge = extra.text("challenge") else {
            throw WAMPError(.authentication, message: "CHALLENGE without a text to sign")
        }
        guard let salt = extra.text("salt"), !salt.isEmpty else {
            return signature(challenge: challenge, key: secret)
        }
        let key = try derivedKey(
            secret: secret, salt: salt, iterations: try number(extra["iterations"], default: 1000),
            keyLength: try number(extra["keylen"], default: 32))
        return signature(challenge: challenge, key: key)
    }

    /// Missing, null and 0 mean the default.
    private static func number(_ value: Value?, default standard: Int) throws(WAMPError) -> Int {
        guard let value, !value.isNull else { return standard }
        guard let number = LenientInteger.unsigned(value).flatMap(Int.init(exactly:)) else {
            throw WAMPError(.authentication, message: "CHALLENGE with a number that is none")
        }
        return number == 0 ? standard : number
    }
}
