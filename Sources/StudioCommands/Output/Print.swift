import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes a line and lets it out at once, also into a pipe: people and scripts watch live.
func show(_ line: String) {
    print(line)
    fflush(nil)
}

/// Shows a table for people or one JSON document for programs.
func show(_ table: Table, or value: Value, as format: OutputOptions.Format) throws {
    switch format {
    case .table: table.lines.forEach(show)
    case .json: show(try JSON.text(value))
    }
}
