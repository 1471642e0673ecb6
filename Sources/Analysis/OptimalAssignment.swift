/// Assigns a column of its own to each row so that the sum of the scores is highest: the Hungarian method, as shortest
/// augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987).
///
/// - Parameter scores: `[rows, columns]`, finite.
/// - Returns: the column of each row; nil for rows that are left over where there are more of them than columns.
public func bestAssignment(_ scores: [Double], rows: Int, columns: Int) -> [Int?] {
    precondition(scores.count == rows * columns, "\(scores.count) scores are not \(rows) × \(columns)")
    guard rows > 0, columns > 0 else { return [Int?](repeating: nil, count: rows) }
    guard rows <= columns else {
        let transposed = (0..<columns).flatMap { column in (0..<rows).map { scores[$0 * columns + column] } }
        var matches = [Int?](repeating: nil, count: rows)
        for (column, row) in bestAssignment(transposed, rows: columns, columns: rows).enumerated() { matches[row!] = column }
        return matches
    }
    // Row and column 0 stand for none; costs are −score.
    var rowPotentials = [Double](repeating: 0, count: rows + 1)
    var columnPotentials = [Double](repeating: 0, count: columns + 1)
    var rowOfColumn = [Int](repeating: 0, count: columns + 1)
    var previous = [Int](repeating: 0, count: columns + 1)
    for row in 1...rows {
        // The cheapest path from this row over taken columns to a free one.
        rowOfColumn[0] = row
        var end = 0
        var distances = [Double](repeating: .infinity, count: columns + 1)
        var isReached = [Bool](repeating: false, count: columns + 1)
        while rowOfColumn[end] != 0 {
            isReached[end] = true
            let current = rowOfColumn[end]
            var (step, next) = (Double.infinity, 0)
            for column in 1...columns where !isReached[column] {
                let cost = -scores[(current - 1) * columns + column - 1] - rowPotentials[current] - columnPotentials[column]
                if cost < distances[column] {
                    distances[column] = cost
                    previous[column] = end
                }
                if distances[column] < step { (step, next) = (distances[column], column) }
            }
            for column in 0...columns {
                if isReached[column] {
                    rowPotentials[rowOfColumn[column]] += step
                    columnPotentials[column] -= step
                } else {
                    distances[column] -= step
                }
            }
            end = next
        }
        // Along the path every row takes the next column.
        while end != 0 {
            rowOfColumn[end] = rowOfColumn[previous[end]]
            end = previous[end]
        }
    }
    var matches = [Int?](repeating: nil, count: rows)
    for column in 1...columns where rowOfColumn[column] != 0 { matches[rowOfColumn[column] - 1] = column - 1 }
    return matches
}
