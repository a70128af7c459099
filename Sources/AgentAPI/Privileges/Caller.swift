import DeviceProtocol
import Values

/// On whose behalf a call is made (system.md 9.7).
enum Caller: Equatable {
    /// The backend itself: passes without a question.
    case system
    /// A person's account: the backend is asked.
    case account(UInt64)

    static let accountKey = "requestor_account_key"

    /// The account in whose name a call says that it is made: a keyword, or a member of the first positional dictionary
    /// (C-53). What is no number names nobody.
    static func namedAccount(_ call: DeviceCall) -> UInt64? {
        for value in [call.keywords[accountKey], call.arguments.first?[accountKey]] {
            if let number = value.flatMap(LenientInteger.unsigned) { return number }
        }
        return nil
    }

    /// The caller of an ordinary procedure: `system` may act for an account, an account acts for itself.
    init(of call: DeviceCall) throws(CallFailure) {
        if call.callerAuthID == "system" {
            self = Self.namedAccount(call).map(Caller.account) ?? .system
        } else {
            self = .account(try Self.authenticatedAccount(call))
        }
    }

    /// The caller of `request_app_state`, where `system` always passes: the account in the payload says who wanted it.
    init(ofRequest call: DeviceCall) throws(CallFailure) {
        if call.callerAuthID == "system" {
            self = .system
        } else {
            let account = try Self.authenticatedAccount(call)
            self = .account(Self.namedAccount(call) ?? account)
        }
    }

    private static func authenticatedAccount(_ call: DeviceCall) throws(CallFailure) -> UInt64 {
        guard let authID = call.callerAuthID, let account = UInt64(authID) else {
            throw CallFailure("the caller is neither system nor an account")
        }
        return account
    }
}
