/// The names that a mistyped one most likely meant, best first: by edit distance (Levenshtein 1966), ties in the order
/// given.
public func nearestNames(to name: String, among names: [String], count: Int = 3) -> [String] {
    let typed = Array(name.lowercased().utf8)
    let ranked = names.enumerated().map { index, candidate in
        (distance: editDistance(typed, Array(candidate.lowercased().utf8)), index: index, name: candidate)
    }
    return ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(count).map(\.name)
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let replaced = diagonal + (left == right ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
