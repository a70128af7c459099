import Values

extension LogService {
    /// The logs, each name asked by itself.
    public nonisolated var diagnostics: DiagnosticsSource {
        DiagnosticsSource("logs") {
            let records = await self.allRecords().sorted { $0.name < $1.name }
            return .parts(records.map { record in .value(record.name) { await record.diagnostics } })
        }
    }
}
