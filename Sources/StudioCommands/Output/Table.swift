/// Columns for people: a header and rows, padded to the widest cell.
struct Table {
    var header: [String]
    var rows: [[String]] = []

    init(_ header: String...) { self.header = header }

    /// Control characters are left out: a device's words must not steer the terminal.
    mutating func add(_ cells: String...) {
        rows.append(
            cells.map { cell in
                String(
                    String.UnicodeScalarView(cell.unicodeScalars.filter { $0.properties.generalCategory != .control }))
            })
    }

    /// The lines, without trailing spaces.
    var lines: [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let padded = row.enumerated().map { column, cell in
                cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
