import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("Outbox")
struct OutboxTests {
    private static func app(_ state: AppState, key: UInt64 = 6) -> InstalledApp {
        var app = StoredApp.sample(.present, target: .running, key: key).installed
        app.state = state
        return app
    }

    /// Stores and publishes as a lane does.
    private static func publish(_ state: AppState, key: UInt64 = 6, on device: ModelDevice) async throws {
        let app = app(state, key: key)
        let report = await device.outbox.report(of: app)
        _ = try await device.store.record(app, report: report)
        await device.outbox.publish(report)
    }

    private func withOutbox(_ device: ModelDevice, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await device.outbox.run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test("a report has the keys of 2.10, neither more nor fewer")
    func payload() async {
        let device = ModelDevice()
        let report = await device.outbox.report(of: Self.app(.running))
        #expect(
            report.payload(from: .model).object == [
                "app_key": 6, "device_key": 3, "swarm_key": 2, "serial_number": "S1", "stage": "PROD",
                "state": "RUNNING", "device_to_app_key": 0, "requestor_account_key": 42, "release_key": 11,
                "request_update": false, "release_build": false, "updateStatus": "",
            ])
    }

    @Test("while joined every state goes out in order, none merged, and is confirmed")
    func inOrder() async throws {
        let device = ModelDevice()
        try await withOutbox(device) {
            await device.outbox.joined(device.backend)
            for state in [AppState.stopping, .stopping, .present, .starting, .running] {
                try await Self.publish(state, on: device)
            }
            await device.backend.waitForStates(count: 5)
        }
        #expect(device.backend.states == [.stopping, .stopping, .present, .starting, .running])
        _ = await device.outbox.deliverPending()
        #expect(device.store.pending.isEmpty)
    }

    @Test("while not joined only the latest state of each app is kept; it goes out on join")
    func latestOnly() async throws {
        let device = ModelDevice()
        for state in [AppState.stopping, .stopping, .present] { try await Self.publish(state, on: device) }
        try await Self.publish(.running, key: 7, on: device)
        #expect(device.backend.calls.isEmpty)
        try await withOutbox(device) {
            await device.outbox.joined(device.backend)
            let covered = await device.outbox.deliverPending()
            #expect(covered == [AppID(key: 6, stage: .prod), AppID(key: 7, stage: .prod)])
        }
        #expect(Set(device.backend.states) == [.present, .running])
        #expect(device.backend.states.count == 2)
        #expect(device.store.pending.isEmpty)
    }

    @Test("what an earlier process could not deliver goes out, also when the app's rows are gone (P28, P58)")
    func restored() async throws {
        let device = ModelDevice()
        device.store.place(Report(of: Self.app(.uninstalled), sequence: 41))
        try await device.outbox.restore()
        #expect(await device.outbox.report(of: Self.app(.present, key: 7)).sequence == 42)
        try await withOutbox(device) {
            await device.outbox.joined(device.backend)
            #expect(await device.outbox.deliverPending() == [AppID(key: 6, stage: .prod)])
        }
        #expect(device.backend.states == [.uninstalled])
        #expect(device.store.pending.isEmpty)
    }

    @Test("a failed call keeps the latest state and tries it again after a while")
    func retried() async throws {
        let device = ModelDevice()
        device.backend.setAnswer { _ throws(BackendError) in throw BackendError(.timedOut, "no answer") }
        try await withOutbox(device) {
            await device.outbox.joined(device.backend)
            try await Self.publish(.starting, on: device)
            await device.time.waitForSleepers(count: 1)
            try await Self.publish(.running, on: device)
            device.backend.setAnswer(RecordingBackend.takeEverything)
            device.time.advance(by: .seconds(60))
            await device.backend.waitForState(.running)
            _ = await device.outbox.deliverPending()
        }
        #expect(device.store.pending.isEmpty)
    }

    @Test("a session that comes back does not wait for the pause of an earlier failure")
    func rejoined() async throws {
        let device = ModelDevice()
        device.backend.setConnected(false)
        try await withOutbox(device) {
            await device.outbox.joined(device.backend)
            try await Self.publish(.running, on: device)
            await device.time.waitForSleepers(count: 1)
            await device.outbox.left()
            device.backend.setConnected(true)
            await device.outbox.joined(device.backend)
            #expect(await device.outbox.deliverPending().count == 1)
        }
        #expect(device.backend.states == [.running])
    }

    @Test(
        "joining again in a session that stands tries at once what is held back, and the old pause cuts no new one short"
    )
    func joinedAgain() async throws {
        let device = ModelDevice()
        device.backend.setAnswer { _ throws(BackendError) in throw BackendError(.refused("x"), "no such procedure") }
        try await withOutbox(device) {
            await device.outbox.joined(device.backend)
            try await Self.publish(.running, on: device)
            await device.time.waitForSleepers(count: 1)
            await device.outbox.joined(device.backend)
            #expect(await device.outbox.deliverPending().count == 1, "it returns with the second failure")
            #expect(device.backend.states.count == 2)
            await device.time.waitForSleepers(count: 2)
            device.backend.setAnswer(RecordingBackend.takeEverything)
            await device.outbox.joined(device.backend)
            _ = await device.outbox.deliverPending()
        }
        #expect(device.backend.states == [.running, .running, .running])
        #expect(device.store.pending.isEmpty)
    }

    @Test("a wait that a new session has ended does not end a later one")
    func staleHold() {
        var queue = OutboxQueue()
        queue.open()
        let report = Report(of: Self.app(.running), sequence: 1)
        queue.add(report)
        #expect(queue.begin().count == 1)
        let first = queue.failed(report)
        queue.open()
        #expect(queue.begin().count == 1)
        let second = queue.failed(report)
        queue.release(report.app, hold: first)
        #expect(queue.begin().isEmpty)
        queue.release(report.app, hold: second)
        #expect(queue.begin() == [report.app])
    }

    @Test("a session that ends lets those go on who wait for a delivery")
    func leftWhileWaiting() async throws {
        let device = ModelDevice()
        try await Self.publish(.running, on: device)
        await device.outbox.joined(device.backend)
        // Nobody sends: the round ends with the session.
        async let covered = device.outbox.deliverPending()
        await device.outbox.left()
        #expect(await covered.count <= 1)
        #expect(device.store.pending.count == 1)
    }

    @Test("an update's confirmation is `completed` after it was delivered, and part of the entry before (2.10, P58)")
    func updateStatus() {
        var queue = OutboxQueue()
        queue.open()
        var app = Self.app(.present)
        app.updateStatus = .pendingRemoteConfirmation
        queue.add(Report(of: app, sequence: 1))
        queue.add(Report(of: app, sequence: 2))
        #expect(queue.begin() == [app.id])
        let first = queue.head(of: app.id)
        #expect(first?.updateStatus == .pendingRemoteConfirmation)
        first.map { queue.delivered($0) }
        #expect(queue.head(of: app.id)?.updateStatus == .completed)
    }

    @Test("one call per app at a time")
    func oneInFlight() {
        var queue = OutboxQueue()
        queue.open()
        queue.add(Report(of: Self.app(.starting), sequence: 1))
        queue.add(Report(of: Self.app(.running, key: 7), sequence: 2))
        #expect(queue.begin().count == 2)
        queue.add(Report(of: Self.app(.running), sequence: 3))
        #expect(queue.begin().isEmpty)
    }
}
