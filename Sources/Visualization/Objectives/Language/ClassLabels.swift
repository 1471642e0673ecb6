import Networks

/// The class of this label: the whole of it, or one of its names ("goldfish, Carassius auratus"), in any case.
public func classIndex(label: String, among labels: [String]) throws(ClassLabelError) -> Int {
    let same = labels.indices.filter { labels[$0] == label }
    if same.count == 1 { return same[0] }
    let wanted = label.lowercased()
    let alike = labels.indices.filter { labels[$0].lowercased() == wanted }
    if alike.count == 1 { return alike[0] }
    func names(_ label: String) -> [String] { label.split(separator: ",").map { $0.trimmed.lowercased() } }
    var matches = labels.indices.filter { names(labels[$0]).contains(wanted) }
    if matches.isEmpty {
        let plain = letters(wanted)
        matches = labels.indices.filter { !plain.isEmpty && names(labels[$0]).map(letters).contains(plain) }
    }
    if matches.count == 1 { return matches[0] }
    let candidates = alike.isEmpty ? matches : alike
    guard candidates.isEmpty else {
        let named = candidates.prefix(10).map { "\($0) (\(labels[$0]))" }.joined(separator: " or ")
        throw ClassLabelError(reason: "\"\(label)\" may be class \(named); give its number")
    }
    let all = labels.flatMap { $0.split(separator: ",").map { $0.trimmed } }
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
public func classes(holding word: String, among labels: [String]) -> [Int] {
    let wanted = letters(word)
    return labels.indices.filter { wanted.isEmpty || letters(labels[$0]).contains(wanted) }
}

/// A label that no class has, or several.
public struct ClassLabelError: Error, CustomStringConvertible {
    let reason: String
    public var description: String { reason }
}
