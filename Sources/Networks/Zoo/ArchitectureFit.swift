/// Weights of an architecture, found in a file.
public struct ArchitectureFit: Sendable {
    /// The network over these weights. It ends where the file's parameters do.
    public let network: Network
    /// The program that gave the names, e.g. "timm".
    public let program: String
    /// The place of the weights in the file: what stands before every name, "." for nothing.
    public let key: String
    /// The places of weights in the same file that fit as well and have other values.
    public let others: [String]
    /// Whether the caller asked for this place.
    public let isAsked: Bool
    /// Tensors beside these weights that the network has no use for.
    public let unused: [String]
    /// Whether the network goes on to class scores.
    public let hasClasses: Bool
    /// Programs whose networks have the same names, but other layers; empty where the caller asked for a program.
    public let lookalikes: [String]
}

extension Architecture {
    /// The architectures that have the parameters of these weights, by name and shape, and how they were found.
    public static func fits(_ weights: any WeightStore) -> [(architecture: Architecture, fit: ArchitectureFit)] {
        all.compactMap { architecture in (try? architecture.fit(weights)).map { (architecture, $0) } }
    }

    /// Finds the weights in a file: the one prefix P for which P + the name of every layer's parameter is there in the right
    /// shape, under torchvision's names or another program's. The file may hold anything else beside.
    ///
    /// The weights decide about the classifier: where it is missing, or is another one, the network ends before it.
    ///
    /// - Parameters:
    ///   - key: which of several such prefixes, without dots and slashes at its end; nil for the likeliest one.
    ///   - program: the one that wrote the file; nil for any.
    ///   - classifier: false leaves a classifier out that the weights have, but that nobody trained.
    public func fit(_ weights: any WeightStore, key: String? = nil, program: String? = nil, classifier: Bool = true)
        throws(WeightsError) -> ArchitectureFit
    {
        let stored = weights.shapes
        if stored.isEmpty {
            // Weights without a list, which have whatever is asked for.
            var builder = NetworkBuilder(weights: weights)
            build(&builder, classifier)
            return ArchitectureFit(
                network: try builder.network(), program: Naming.own.program, key: ".", others: [], isAsked: false, unused: [],
                hasClasses: classifier, lookalikes: [])
        }
        let names = parameterNames()
        let places = places(in: stored, names.layers, of: program)
        let whole = places.filter { $0.isWhole }.map { RenamedWeights(weights, stored, $0.naming, prefix: $0.prefix, names) }
        var fitting: [RenamedWeights] = []
        var refusal: (problems: [String], view: RenamedWeights)?
        for view in whole {
            let problems = problems(view, stored, names, beside: whole)
            if problems.isEmpty {
                fitting.append(view)
            } else if refusal.map({ problems.count < $0.problems.count }) ?? true {
                refusal = (problems, view)
            }
        }
        guard !fitting.isEmpty else {
            if let refusal { try refusal.view.refuse(refusal.problems) }
            throw missing(weights, stored, places, names)
        }
        // The same numbers in two places are one.
        var sets: [RenamedWeights] = []
        for view in fitting where !sets.contains(where: { $0.isSame(as: view, names.layers) }) { sets.append(view) }
        var chosen = sets[0]
        if let key {
            guard let found = fitting.first(where: { $0.isAt(key) }) else {
                throw WeightsError(
                    file: weights.file,
                    reason: "holds no weights of \(name) at \"\(shown(key))\"; there are some at \(fitting.map(\.place).listed(8))")
            }
            chosen = sets.first { $0.isSame(as: found, names.layers) }!
        }
        // Two programs may share the names of all layers but the classifier's.
        func classes(_ view: RenamedWeights) -> Int { names.classifier.count { view.holds($0) } }
        for view in fitting where view.prefix == chosen.prefix && classes(view) > classes(chosen) { chosen = view }
        let others = sets.map(\.place).filter { $0 != chosen.place }
        return try fit(
            chosen, stored, names, classifier, others: others, isAsked: key != nil, beside: whole,
            lookalikes: program == nil ? lookalikes(of: chosen.naming, names) : [])
    }

    /// Another program's own names are shared on purpose; those under torchvision's mean the same pictures.
    private func lookalikes(of naming: Naming, _ names: ParameterNames) -> [String] {
        guard !naming.isOwn else { return [] }
        return namings.filter { other in other.mustBeAsked && names.layers.allSatisfy { other.keys(of: $0) == naming.keys(of: $0) } }
            .map(\.program)
    }

    private func fit(
        _ view: RenamedWeights, _ stored: [String: [Int]], _ names: ParameterNames, _ classifier: Bool, others: [String],
        isAsked: Bool, beside: [RenamedWeights], lookalikes: [String]
    ) throws(WeightsError) -> ArchitectureFit {
        let hasSome = classifier && names.classifier.contains { view.holds($0) }
        var builder = builder(view)
        build(&builder, hasSome)
        let isWhole = !hasSome || !builder.cut(before: { !view.problems([$0]).isEmpty })
        let used = Set(builder.parameters.map(\.name)).union(classifier ? [] : names.classifier)
        let unused = extras(view, stored, used: used, beside: beside)
        return ArchitectureFit(
            network: try builder.network(), program: view.naming.program, key: view.place, others: others, isAsked: isAsked,
            unused: unused, hasClasses: hasSome && isWhole, lookalikes: lookalikes)
    }

    /// A builder whose image has as many channels as the first convolution of these weights takes.
    private func builder(_ view: RenamedWeights) -> NetworkBuilder {
        var plain = NetworkBuilder(weights: view)
        build(&plain, false)
        let stem = plain.parameters.first.flatMap { view.shapes[$0.name] } ?? []
        let channels = stem.count == 4 && 1...Self.mostChannels ~= stem[1] ? stem[1] : 3
        return NetworkBuilder(inputChannels: channels, weights: view, variation: view.naming.variation)
    }

    /// Channels of a picture that a file can ask for.
    private static let mostChannels = 4096

    /// The trouble with the layers' parameters: shapes, and tensors inside the layers that no network here has.
    func problems(
        _ view: RenamedWeights, _ stored: [String: [Int]], _ names: ParameterNames, beside: [RenamedWeights]
    ) -> [String] {
        var builder = builder(view)
        build(&builder, false)
        let keys = names.layers.flatMap(view.keys).map { $0.dropFirst(view.prefix.count) }
        let modules = Set(keys.map { $0.prefix { $0 != "." } })
        let strangers = extras(view, stored, used: Set(names.layers + names.classifier), beside: beside).filter { key in
            let full = view.base + key
            guard full.hasPrefix(view.prefix) else { return false }
            let rest = full.dropFirst(view.prefix.count)
            let module = rest.prefix { $0 != "." }
            return module.count < rest.count && modules.contains(module) && !names.isBehind(key, view)
        }
        return view.problems(builder.parameters) + strangers.map { "\(shown($0)) is unexpected" }
    }

    /// The file's tensors in the same place without a use here, less the prefix: none of other dicts, none of weights that fit too.
    private func extras(
        _ view: RenamedWeights, _ stored: [String: [Int]], used: Set<String>, beside: [RenamedWeights]
    ) -> [String] {
        let keys = Set(used.flatMap(view.keys))
        let base = view.base
        let inner = beside.map(\.base).filter { $0.count > base.count && $0.hasPrefix(base) }
        return stored.keys.filter { key in
            guard key.hasPrefix(base), !keys.contains(key), !inner.contains(where: { key.hasPrefix($0) }) else { return false }
            let name = key.dropFirst(base.count)
            return !name.contains("/") && !isOnlyForTraining(String(name))
        }.map { String($0.dropFirst(base.count)) }.sorted()
    }

    /// The error for a file without these weights, which says what it has.
    private func missing(
        _ weights: any WeightStore, _ stored: [String: [Int]], _ places: [WeightsPlace], _ names: ParameterNames
    ) -> WeightsError {
        guard let best = places.first else {
            return WeightsError(
                file: weights.file,
                reason: "has none of the parameters of \(name) (\(names.layers.listed(2))); it has \(stored.keys.sorted().listed(6)); is it a training of this network?")
        }
        let view = RenamedWeights(weights, stored, best.naming, prefix: best.prefix, names)
        var builder = builder(view)
        build(&builder, false)
        let others = extras(view, stored, used: Set(names.layers), beside: [])
        do {
            try view.refuse(view.problems(builder.parameters), having: others)
            return WeightsError(file: weights.file, reason: "cannot be read as \(name)")
        } catch {
            return error
        }
    }
}
