import AgentLink
import DeviceProtocol
import Synchronization

/// An identity in memory.
final class ModelIdentity: LinkIdentity {
    private struct State {
        var credentials: LinkCredentials
        var swarmKey: UInt64 = 2
        var metadata: [DeviceMetadata] = []
        var credentialKeys: [String] = []
        var platformURLs: [String] = []
        var looks = 0
        var notices = 0
        var correction: String?
    }

    private let state: Mutex<State>

    init(url: String, secret: String = "secret") {
        state = Mutex(State(credentials: LinkCredentials(url: url, authID: "2-3", secret: secret)))
    }

    var metadata: [DeviceMetadata] { state.withLock { $0.metadata } }
    var credentialKeys: [String] { state.withLock { $0.credentialKeys } }
    var platformURLs: [String] { state.withLock { $0.platformURLs } }
    /// How often the file was looked at.
    var looks: Int { state.withLock { $0.looks } }

    /// How often the link asked, while connected, whether there is a change to tell.
    var notices: Int { state.withLock { $0.notices } }

    func use(url: String) { state.withLock { $0.credentials.url = url } }

    /// The next look at the file finds another secret.
    func correct(secret: String) { state.withLock { $0.correction = secret } }

    func credentials() async -> LinkCredentials { state.withLock { $0.credentials } }

    func apply(_ metadata: DeviceMetadata) async -> Bool {
        state.withLock { state in
            state.metadata.append(metadata)
            guard let key = metadata.swarmKey, key != state.swarmKey else { return false }
            state.swarmKey = key
            state.credentials.authID = "\(key)-3"
            return true
        }
    }

    func useCredentialKey(_ key: String) async { state.withLock { $0.credentialKeys.append(key) } }

    func usePlatformURL(_ url: String) async { state.withLock { $0.platformURLs.append(url) } }

    func noticeChange() async { state.withLock { $0.notices += 1 } }

    func reloadIfChanged() async -> Bool {
        state.withLock { state in
            state.looks += 1
            guard let secret = state.correction.take() else { return false }
            state.credentials.secret = secret
            return true
        }
    }
}
