import ArgumentParser
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes a line and lets it out at once, also into a pipe: people and scripts watch live.
/// - Throws: a silent success when nobody reads any more (`| head`); the command then ends as if it were done.
func show(_ line: String) throws(ExitCode) {
    print(line)
    guard fflush(nil) == 0 else { throw ExitCode.success }
}

/// Shows a table for people or one JSON document for programs.
func show(_ table: Table, or value: Value, as format: OutputOptions.Format) throws {
    switch format {
    case .table: for line in table.lines { try show(line) }
    case .json: try show(try JSON.text(value))
    }
}
