import Networks

/// The class of this label: the whole of it, or one of its names ("goldfish, Carassius auratus"), in any case.
public func classIndex(label: String, among labels: [String]) throws(ClassLabelError) -> Int {
    let same = labels.indices.filter { labels[$0] == label }
    if same.count == 1 { return same[0] }
    let wanted = label.lowercased()
    let alike = labels.indices.filter { labels[$0].lowercased() == wanted }
    if alike.count == 1 { return alike[0] }
    func names(_ label: String) -> [String] { label.split(separator: ",").map { $0.trimmed.lowercased() } }
    let matches = labels.indices.filter { names(labels[$0]).contains(wanted) }
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

/// A label that no class has, or several.
public struct ClassLabelError: Error, CustomStringConvertible {
    let reason: String
    public var description: String { reason }
}
