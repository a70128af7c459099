import StudioCore
import Synchronization

/// Which devices may join, and the serial numbers of those that asked: the rules of the router look them up for every
/// message and cannot wait for the database. A device's key, serial number and secret never change.
final class JoinRegistry: Sendable {
    private let store: StudioStore
    private let realm: String
    private let swarmKey: UInt64
    private let serials = Mutex<[UInt64: String]>([:])

    init(store: StudioStore, realm: String, swarmKey: UInt64) {
        self.store = store
        self.realm = realm
        self.swarmKey = swarmKey
    }

    /// The device of a router identity (system.md 8.5).
    /// - Throws: `noSuchDevice`, with one answer for everybody who may not join.
    func device(authID: String, realm: String) async throws(StudioError) -> Device {
        guard realm == self.realm, let (swarm, key) = Caller.keys(ofDevice: authID), swarm == swarmKey else {
            throw Self.notEnrolled
        }
        let device: Device
        do throws(StudioError) {
            device = try await store.read { tables throws(StudioError) in try tables.device(key: key) }
        } catch {
            throw error.code == .noSuchDevice ? Self.notEnrolled : error
        }
        serials.withLock { $0[device.key] = device.serialNumber }
        return device
    }

    /// The serial number of a device that asked to join; nil for every other one.
    func serial(of key: UInt64) -> String? { serials.withLock { $0[key] } }

    private static let notEnrolled = StudioError(.noSuchDevice, "no device with this identity is enrolled")
}
