import AgentCore
import AgentLink
import AgentStore
import DeviceProtocol
import Files
import Logging

/// The device towards the router: identity file, what the backend adds to it, and the context that the domain reads.
struct DeviceIdentity: LinkIdentity {
    /// The platform's base URL outlives the process, so that apps get it after an offline boot too (P60).
    static let platformURLFact = "platform_url"

    let store: IdentityStore
    let context: DeviceContextHolder
    let facts: SQLiteAgentStore
    /// Keeps the key of the app credentials for a boot without a backend.
    let credentialKeyFile: CredentialKeyFile
    let redactor: Redactor
    let logger: Logger
    /// Shows a sentence to the operator.
    let announce: @Sendable (String) -> Void

    func credentials() async -> LinkCredentials {
        _ = await reloadIfChanged()
        let file = await store.identity
        return LinkCredentials(
            url: file.text("device_endpoint_url"), authID: file.authID, secret: file.text("secret"))
    }

    func apply(_ metadata: DeviceMetadata) async -> Bool {
        let before = await store.identity.swarmKey
        let file = await store.update { $0.refresh(from: metadata) }
        adopt(file)
        return file.swarmKey != before
    }

    func useCredentialKey(_ key: String) {
        redactor.register([key])
        guard context.context.credentialKey != key else { return }
        context.update { $0.credentialKey = key }
        do throws(FileError) { try credentialKeyFile.save(key) } catch {
            logger.warning("the key of the app credentials was not stored", metadata: ["reason": "\(error)"])
        }
    }

    func usePlatformURL(_ url: String) async {
        guard context.context.platformURL != url else { return }
        context.update { $0.platformURL = url }
        do throws(StoreError) { try await facts.setFact(Self.platformURLFact, to: url) } catch {
            logger.warning("the platform's address was not stored", metadata: ["reason": "\(error)"])
        }
    }

    func reloadIfChanged() async -> Bool {
        guard await store.changedOnDisk() else { return false }
        do throws(IdentityError) {
            let file = try await store.reload()
            redactor.register([file.text("secret")])
            adopt(file)
            logger.notice("the identity file was changed and read again")
            return true
        } catch {
            let sentence = "the changed identity file cannot be used, the identity in memory goes on: \(error)"
            logger.warning("\(sentence)")
            announce(sentence)
            return false
        }
    }

    func noticeChange() async {
        guard await store.newChange() else { return }
        logger.notice("somebody changed the identity file: it is used at the next connect")
    }

    /// What the backend told beside the file stays.
    private func adopt(_ file: IdentityFile) {
        context.update { context in
            context = file.context(platformURL: context.platformURL, credentialKey: context.credentialKey)
        }
    }
}
