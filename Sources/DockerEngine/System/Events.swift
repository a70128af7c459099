public import AsyncSupport
import Logging
import NIOCore
import NIOHTTP1
import Values

extension DockerClient {
    /// Delivers events from `since` on, until the engine ends the stream (it stops) or the task is cancelled.
    ///
    /// `onOpen` runs when the engine has accepted. An idle stream never times out by itself; the caller pings.
    /// `filters` as in 1.3.4, by default containers only.
    public func events(
        since: WallTime? = nil, until: WallTime? = nil,
        filters: [(key: String, values: [String])] = [("type", ["container"])],
        onOpen: () async -> Void = {}, onEvent: (DockerEvent) async -> Void
    ) async throws(DockerError) {
        var query: [(name: String, value: String)] = []
        if let since { query.append(("since", since.unixSeconds)) }
        if let until { query.append(("until", until.unixSeconds)) }
        if !filters.isEmpty { query.append(("filters", try JSON.filters(filters))) }
        var splitter = JSONObjectSplitter()
        let request = EngineRequest(.GET, "/events", query: query)
        try await stream(request, limits: .init(head: limits.call)) { _ in
            await onOpen()
        } onBytes: { bytes in
            for object in try splitter.append(bytes.readableBytesView) {
                guard let event = (try? JSON.decode(object)).flatMap(DockerEvent.init) else {
                    logger.debug("The engine sent an event that is none", metadata: ["bytes": "\(object.count)"])
                    continue
                }
                await onEvent(event)
            }
        }
    }
}
