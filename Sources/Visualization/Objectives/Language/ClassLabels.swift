import Networks

/// The class of this label: the whole of it, or one of its names ("goldfish, Carassius auratus"), or one of its further names, in any
/// case and with any spaces. What a class is called in its label comes before what another is called besides.
public func classIndex(label: String, among labels: [String], others: [[String]] = []) throws(ClassLabelError) -> Int {
    let (wanted, plain) = (label.lowercased(), letters(label))
    func found(_ holds: (Int) -> Bool) -> [Int] { labels.indices.filter(holds) }
    func names(_ index: Int) -> [String] { labels[index].split(separator: ",").map(\.trimmed) }
    func further(_ index: Int) -> [String] { index < others.count ? others[index] : [] }
    let ways: [(Int) -> Bool] = [
        { labels[$0] == label },
        { labels[$0].lowercased() == wanted },
        { names($0).contains { $0.lowercased() == wanted } },
        { !plain.isEmpty && names($0).contains { letters($0) == plain } },
        { !plain.isEmpty && further($0).contains { letters($0) == plain } },
    ]
    if let matches = ways.lazy.map(found).first(where: { !$0.isEmpty }) {
        if matches.count == 1 { return matches[0] }
        let named = matches.prefix(10).map { "\($0) (\((names($0) + further($0)).joined(separator: ", ")))" }.joined(separator: " or ")
        throw ClassLabelError(reason: "\"\(label)\" may be class \(named); give its number")
    }
    let all = labels.indices.flatMap(names) + others.joined()
    // A dog, a shark or a bear is many classes.
    let holding = all.filter { $0.lowercased().split(separator: " ").contains(Substring(wanted)) }
    guard holding.isEmpty else {
        let more = holding.count > 10 ? " and \(holding.count - 10) more" : ""
        let named = holding.prefix(10).joined(separator: ", ")
        throw ClassLabelError(reason: "no class is called just \"\(label)\"; there are \(named)\(more)")
    }
    let near = nearestNames(to: label, among: all)
    throw ClassLabelError(reason: "there is no class \"\(label)\"; the nearest are \(near.joined(separator: ", "))")
}

/// A name without what people write in different ways: "gold fish", "gold-fish" and "goldfish" are one.
private func letters(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

/// The classes that have a word in one of their names, in any case and with any spaces: all for an empty word.
public func classes(holding word: String, among labels: [String], others: [[String]] = []) -> [Int] {
    let wanted = letters(word)
    return labels.indices.filter { index in
        wanted.isEmpty || ([labels[index]] + (index < others.count ? others[index] : [])).contains { letters($0).contains(wanted) }
    }
}

/// A label that no class has, or several.
public struct ClassLabelError: Error, CustomStringConvertible {
    let reason: String
    public var description: String { reason }
}
