extension AppRegistry {
    /// The lanes, each asked by itself.
    public nonisolated var diagnostics: DiagnosticsSource {
        DiagnosticsSource("apps") {
            .parts(await self.allLanes.map { lane in .value("\(lane.id)") { await lane.diagnostics } })
        }
    }
}
