import Values
import WAMPTestKit

/// What the vendor's backend and router answer to a device with nothing to do.
enum BackendAnswers {
    static let credentialKey = "a-credential-key-0123456789abcdef"
    static let registryToken = "a-registry-token-0123456789abcdef"

    static func usual(_ question: AnsweringRouter.Question) -> AnsweringRouter.Answer {
        guard case .call(let procedure, _) = question else { return .result([]) }
        return switch procedure {
        case "reswarm.devices.read_device_metadata":
            .result([
                ["device_name": "device-b", "swarm_name": "demo_swarm", "ownername": "marko", "swarm_key": 2]
            ])
        case "reswarm.devices.get_app_cred_key": .result([.string(credentialKey)])
        case "reswarm.containers.get_registry_token": .result([.string(registryToken)])
        case "reswarm.containers.get_requested_app_states": .result([[]])
        case "reswarm.devices.check_privilege": .result([true])
        case "wamp.subscription.match": .result([.null])
        default: .result([.null])
        }
    }

    /// Whether an entry is the report of this device status.
    static func isStatus(_ status: String, _ entry: AnsweringRouter.Entry) -> Bool {
        guard case .call("reswarm.devices.update_device_status", let arguments) = entry else { return false }
        return arguments.first?["status"]?.string == status
    }
}
