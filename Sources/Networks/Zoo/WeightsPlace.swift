/// A place in a file where weights of an architecture may lie: what stands before every name there.
struct WeightsPlace {
    let naming: Naming
    let prefix: String
    /// The share of the names that are there.
    let share: Double

    /// Whether every name is there.
    var isWhole: Bool { share == 1 }
}

/// The names of an architecture's parameters.
package struct ParameterNames {
    /// Those before the classifier.
    package let layers: [String]
    /// Those of the classifier.
    package let classifier: [String]

    /// Whether a tensor, less its prefix, belongs to a module that only the classifier is in: it is part of another one.
    func isBehind(_ key: String, _ view: RenamedWeights) -> Bool {
        func module(_ key: Substring) -> Substring { key.lastIndex(of: ".").map { key[..<$0] } ?? key }
        let heads = classifier.flatMap(view.keys).map { module($0.dropFirst(view.base.count)) }
        return heads.contains { key == $0 || key.hasPrefix($0 + ".") }
    }
}

extension RenamedWeights {
    init(_ store: any WeightStore, _ stored: [String: [Int]], _ naming: Naming, prefix: String, _ names: ParameterNames) {
        self.init(store, stored, naming, prefix: prefix, layers: names.layers, classifier: names.classifier)
    }

    /// The place as people name it: "state_dict/module", "." for a prefix of nothing.
    var place: String {
        let name = base.isEmpty ? prefix : base
        let end = name.lastIndex { $0 != "." && $0 != "/" }
        return end.map { String(name[...$0]) } ?? "."
    }

    /// Whether that is the place, or a dict that it lies in.
    func isAt(_ key: String) -> Bool {
        place == key || ["/", "."].contains { place.hasPrefix(key + $0) }
    }
}

extension Architecture {
    /// The architecture of which a file has the largest share of parameters, by name and then by shape; nil where it has less than
    /// half of the names of any.
    public static func nearest(to weights: any WeightStore) -> Architecture? {
        let stored = weights.shapes
        let near = all.compactMap { architecture -> (Architecture, misfits: Int)? in
            let names = architecture.parameterNames()
            guard let best = architecture.places(in: stored, names.layers).first, best.share >= 0.5 else { return nil }
            let view = RenamedWeights(weights, stored, best.naming, prefix: best.prefix, names)
            return (architecture, architecture.problems(view, stored, names, beside: []).count)
        }
        return near.min { $0.misfits < $1.misfits }?.0
    }

    package func parameterNames() -> ParameterNames {
        func names(_ classifier: Bool) -> [String] {
            var builder = NetworkBuilder(weights: UntrainedWeights())
            build(&builder, classifier)
            return builder.parameters.map(\.name)
        }
        let layers = names(false)
        let known = Set(layers)
        return ParameterNames(layers: layers, classifier: names(true).filter { !known.contains($0) })
    }

    /// The places in a file that have any of the names, the likeliest first.
    ///
    /// - Parameter program: whose names alone count; nil for all.
    func places(in stored: [String: [Int]], _ layers: [String], of program: String? = nil) -> [WeightsPlace] {
        var places: [WeightsPlace] = []
        for naming in [.own] + namings where program.map({ $0 == naming.program }) ?? !naming.mustBeAsked {
            let wanted = Set(layers.flatMap(naming.keys))
            var counts: [Substring: Int] = [:]
            for key in stored.keys {
                // A name may begin with the key, and behind each of its dots and slashes.
                if wanted.contains(key) { counts["", default: 0] += 1 }
                for place in key.indices where key[place] == "." || key[place] == "/" {
                    let start = key.index(after: place)
                    if wanted.contains(String(key[start...])) { counts[key[..<start], default: 0] += 1 }
                }
            }
            places += counts.map { prefix, count in
                WeightsPlace(naming: naming, prefix: String(prefix), share: Double(count) / Double(wanted.count))
            }
        }
        return places.sorted { a, b in
            (-a.share, Self.rank(a.prefix), a.prefix.count, a.prefix) < (-b.share, Self.rank(b.prefix), b.prefix.count, b.prefix)
        }
    }

    /// The keys under which training scripts keep the state dict, the usual ones first. Averaged copies come last: who wants them
    /// asks for them.
    private static func rank(_ prefix: String) -> Int {
        let known = ["state_dict", "model_state_dict", "model", "net", "module"]
        let first = prefix.prefix { $0 != "." && $0 != "/" }.lowercased()
        if first.isEmpty { return -1 }
        if let place = known.firstIndex(of: first) { return place }
        return ["ema", "teacher", "average", "shadow"].contains { prefix.lowercased().contains($0) } ? known.count + 1 : known.count
    }
}
