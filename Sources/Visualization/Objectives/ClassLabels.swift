import Networks

/// The class of this label: the whole of it, or one of its names ("goldfish, Carassius auratus"), in any case.
public func classIndex(label: String, among labels: [String]) throws(ClassLabelError) -> Int {
    if let same = labels.firstIndex(of: label) { return same }
    let wanted = label.lowercased()
    let alike = labels.indices.filter { labels[$0].lowercased() == wanted }
    if alike.count == 1 { return alike[0] }
    func names(_ label: String) -> [String] { label.split(separator: ",").map { $0.trimmed.lowercased() } }
    let matches = labels.indices.filter { names(labels[$0]).contains(wanted) }
    if matches.count == 1 { return matches[0] }
    guard matches.isEmpty else {
        throw ClassLabelError(reason: "\"\(label)\" may be class \(matches.map(String.init).joined(separator: " or "))")
    }
    let near = nearestNames(to: label, among: labels.flatMap { $0.split(separator: ",").map { $0.trimmed } })
    throw ClassLabelError(reason: "there is no class \"\(label)\"; the nearest are \(near.joined(separator: ", "))")
}

/// A label that no class has, or several.
public struct ClassLabelError: Error, CustomStringConvertible {
    let reason: String
    public var description: String { reason }
}
