import AsyncSupport
import DeviceProtocol
import Logging
import StudioCore
import Values
import WAMP
import WAMPClient

/// The studio's own session with a router: joins as `system`, answers devices and operators, comes back after an outage.
struct StudioSession: Sendable {
    /// A whole fleet may come at once after an outage.
    private static let comingsBuffer = 1 << 16

    let studio: Studio
    let configuration: WAMPClientConfiguration
    let time: any TimeSource
    let logger: Logger
    /// Runs each time the procedures stand at the router.
    let onReady: @Sendable () async -> Void

    /// Serves until the task is cancelled; says GOODBYE then.
    func run() async {
        let client = await makeClient()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            group.addTask { await follow(client) }
            await group.waitForAll()
        }
    }

    private func makeClient() async -> WAMPClientService {
        let client = WAMPClientService(configuration: configuration, time: time, logger: logger)
        let procedures = StudioProcedures(studio: studio)
        for (name, answer) in procedures.all {
            await client.register(name, options: ["force_reregister": true], procedures.handler(answer))
        }
        await client.subscribe(BackendProcedure.testamentDevice) { [logger] event in
            do {
                try await procedures.noteTestament(event)
            } catch {
                logger.info("a testament was not taken", metadata: ["reason": "\(error)"])
            }
        }
        return client
    }

    /// Hands the studio the session of the moment.
    private func follow(_ client: WAMPClientService) async {
        await withTaskGroup(of: Void.self) { group in
            for await state in client.states {
                switch state {
                case .joined:
                    guard let session = try? await client.withSession({ $0 }) else { continue }
                    await studio.use(RouterOutlet(session: session, logger: logger))
                    if let comings = await comings(session) {
                        group.addTask { await watch(comings) }
                    }
                    await onReady()
                    do {
                        try await studio.refreshPresence()
                    } catch {
                        logger.error("the devices' presence is unknown", metadata: ["reason": "\(error)"])
                    }
                case .waiting:
                    await studio.use(nil)
                }
            }
            group.cancelAll()
        }
    }

    /// Who comes and goes, in one subscription: two would lose their order. A router that refuses to tell is as good;
    /// only the count of sessions is missing.
    private func comings(_ session: WAMPSession) async -> Subscription? {
        do throws(WAMPError) {
            return try await session.subscribe(
                Topics.sessionPrefix, options: ["match": "prefix"], buffer: Self.comingsBuffer)
        } catch {
            logger.info("the router does not tell who joins", metadata: ["reason": "\(error.message)"])
            return nil
        }
    }

    private func watch(_ comings: Subscription) async {
        let procedures = StudioProcedures(studio: studio)
        for await event in comings {
            switch event.topic {
            case Topics.sessionJoined:
                guard let sentence = await procedures.noteJoin(event) else { continue }
                logger.warning("\(sentence)")
            case Topics.sessionLeft: await procedures.noteLeave(event)
            default: continue
            }
        }
    }
}
