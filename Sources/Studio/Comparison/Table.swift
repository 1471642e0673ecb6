/// Columns of text, the first aligned left, the others right.
package struct Table {
    private var rows: [[String]]

    /// - Parameter header: the first row; all others have as many cells.
    package init(_ header: [String]) { rows = [header] }

    /// Adds a row of as many cells as the header has.
    package mutating func add(_ row: [String]) { rows.append(row) }

    /// The rows, a line each, cells two spaces apart.
    package var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
        return rows.map { row in
            let cells = zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }
            var line = Substring(cells.joined(separator: "  "))
            while line.last == " " { line.removeLast() }
            return String(line)
        }.joined(separator: "\n")
    }
}
