/// The name of a node that exists in the network that gave it.
public struct LayerName: Hashable, Sendable, CustomStringConvertible {
    /// The node's name.
    public let node: String
    public var description: String { node }
}

/// A layer that the network does not have.
public struct LayerNameError: Error, CustomStringConvertible {
    /// The name that was asked for.
    public let name: String
    /// The nearest names that there are, best first.
    public let nearest: [String]
    /// Why it cannot be drawn, where the file has it.
    public var reason: String?

    /// - Parameter nearest: names that there are, best first.
    public init(name: String, nearest: [String], reason: String? = nil) { (self.name, self.nearest, self.reason) = (name, nearest, reason) }

    public var description: String {
        if let reason { return "layer \(shown(name)) cannot be drawn: \(reason)" }
        return "there is no layer \"\(shown(name))\"; the nearest are \(nearest.map(shown).joined(separator: ", "))"
    }
}

extension Network {
    /// The node that a name means: the node of that name, or the last one of the module of that name ("features.3" of
    /// SqueezeNet is the concatenation that ends its fire module).
    public func layer(named name: String) throws(LayerNameError) -> LayerName {
        if nodes.contains(where: { $0.name == name }) { return LayerName(node: name) }
        if let unread = remarks.unread.first(where: { $0.name == name || $0.module == name }), !nodes.contains(where: { $0.module == name }) {
            throw LayerNameError(name: name, nearest: [], reason: unread.reason)
        }
        if let last = nodes.last(where: { $0.name.hasPrefix(name + ".") }), !name.isEmpty {
            return LayerName(node: last.name)
        }
        if let last = nodes.last(where: { $0.module == name || $0.module?.hasPrefix(name + ".") == true }) {
            return LayerName(node: last.name)
        }
        if let node = lastNode(under: name.split(separator: "/"), { $0.name.contains("/") ? $0.name.split(separator: "/") : [] })
            ?? lastNode(under: name.split(separator: "."), { $0.module?.split(separator: ".") ?? [] })
        {
            return LayerName(node: node)
        }
        throw LayerNameError(name: name, nearest: nearestNames(to: name, among: addressableNames))
    }

    /// The last of the nodes whose paths hold these parts in a row, if all hold them at the same place: "block1_conv1" for
    /// "model/block1_conv1/Conv2D".
    private func lastNode(under wanted: [Substring], _ path: (Node) -> [Substring]) -> String? {
        guard !wanted.isEmpty else { return nil }
        var found: (prefix: ArraySlice<Substring>, node: String)?
        for node in nodes {
            let parts = path(node)
            guard parts.count >= wanted.count,
                let start = (0...parts.count - wanted.count).first(where: { parts[$0..<$0 + wanted.count].elementsEqual(wanted) })
            else { continue }
            if let found, !found.prefix.elementsEqual(parts[..<start]) { return nil }
            found = (parts[..<start], node.name)
        }
        return found?.node
    }

    /// Node names and the module paths above them.
    var addressableNames: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for node in nodes {
            for path in [node.name, node.module ?? ""] {
                let parts = path.split(separator: ".", omittingEmptySubsequences: false)
                for length in 1...parts.count {
                    let name = parts.prefix(length).joined(separator: ".")
                    if !name.isEmpty, seen.insert(name).inserted { names.append(name) }
                }
            }
        }
        return names
    }
}

/// The names that a mistyped one most likely meant, best first: those that hold it as a part ("dream" in "deepdream"), then by
/// edit distance (Levenshtein 1966), ties in the order given.
public func nearestNames(to name: String, among names: [String], count: Int = 3) -> [String] {
    // No name is that long, and the distance of long texts takes long.
    let typed = Array(name.prefix(longestTyped).lowercased().utf8)
    let ranked = names.enumerated().map { index, candidate in
        let candidateBytes = Array(candidate.lowercased().utf8)
        let holds = typed.count >= leastPart && candidateBytes.contains(typed)
        return (rank: holds ? 0 : 1, distance: editDistance(typed, candidateBytes), index: index, name: candidate)
    }
    return ranked.sorted { ($0.rank, $0.distance, $0.index) < ($1.rank, $1.distance, $1.index) }.prefix(count).map(\.name)
}

/// Letters of a part that says something.
private let leastPart = 4
private let longestTyped = 200

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
