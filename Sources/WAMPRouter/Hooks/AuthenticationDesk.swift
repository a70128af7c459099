import AsyncSupport
import WAMP

/// Puts the questions of the event loop to the authenticator, several at a time, each within a bound.
struct AuthenticationDesk: Sendable {
    let authenticator: any RouterAuthenticator
    let limit: Int
    let timeout: Duration
    let time: any TimeSource

    /// Returns when the channel is finished or the task is cancelled, after every question has ended.
    func serve(
        _ questions: BoundedChannel<RouterCore.AuthenticationRequest>,
        answer: @escaping @Sendable (RouterCore.AuthenticationRequest, Result<Principal, JoinRefusal>) -> Void
    ) async {
        let free = BoundedChannel<Void>(capacity: max(limit, 1), overflow: .dropNewest)
        for _ in 0..<max(limit, 1) { free.send(()) }
        await withDiscardingTaskGroup { group in
            for await question in questions {
                guard await free.next() != nil else { break }
                group.addTask {
                    answer(question, await ask(question.request))
                    free.send(())
                }
            }
            group.cancelAll()
        }
    }

    private func ask(_ request: JoinRequest) async -> Result<Principal, JoinRefusal> {
        do {
            return .success(
                try await withDeadline(timeout, on: time) { try await authenticator.principal(for: request) })
        } catch let refusal as JoinRefusal {
            return .failure(refusal)
        } catch {
            return .failure(
                JoinRefusal(uri: ErrorURI.authenticationFailed, message: "the authenticator did not answer in time"))
        }
    }
}
