import Tensors

/// Weights that keep their mean, variance and norm and lose what they have learnt: the values of each parameter in a random order
/// (Adebayo et al. 2018, "Sanity checks for saliency maps").
public struct WeightShuffle: Sendable, Hashable {
    /// The parameters whose values change places, by name.
    public private(set) var parameters: Set<String>
    /// Seed of the permutations; with a hash of the module's name it gives each module its own.
    public let seed: UInt64

    /// - Parameter parameters: full names, such as "features.0.weight"; those that a network lacks change nothing.
    public init(_ parameters: Set<String>, seed: UInt64) { (self.parameters, self.seed) = (parameters, seed) }

    /// What of it concerns a layer; nil where nothing does.
    func part(_ own: [Parameter]) -> WeightShuffle? {
        let names = parameters.intersection(own.map(\.name))
        return names.isEmpty ? nil : WeightShuffle(names, seed: seed)
    }

    /// Parameters of one module that have the same count change places alike: a normalization's means and variances stay pairs.
    func shuffled(_ values: [Float], of name: String) -> [Float] {
        guard parameters.contains(name) else { return values }
        let module = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
        // FNV-1a, which is the same on every machine.
        let hash = module.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        var generator = RandomGenerator(seed: seed ^ hash)
        var values = values
        for i in stride(from: values.count - 1, to: 0, by: -1) { values.swapAt(i, generator.integer(below: i + 1)) }
        return values
    }
}

extension Network {
    /// A layer with weights, and the parameters that it and all layers behind it have.
    public struct WeightedLayer: Sendable {
        /// The layer whose own weights are the shallowest among `parameters`.
        public let layer: LayerName
        /// Everything from here to the network's end that has more than one value, by name.
        public let parameters: Set<String>
    }

    /// The layers with weights, not of normalizations, that some layers depend on, from the deepest to the shallowest.
    public func weightedLayers(before targets: Set<LayerName>) -> [WeightedLayer] {
        var needed = Set(nodes.indices.filter { targets.contains(LayerName(node: nodes[$0].name)) })
        for index in nodes.indices.reversed() where needed.contains(index) { needed.formUnion(nodes[index].inputs) }
        var found: [WeightedLayer] = []
        var parameters: Set<String> = []
        for index in nodes.indices.reversed() where needed.contains(index) {
            let own = nodes[index].layer.parameters.filter { $0.count > 1 }
            parameters.formUnion(own.map(\.name))
            if own.contains(where: { $0.shape.count > 1 }) {
                found.append(WeightedLayer(layer: LayerName(node: nodes[index].name), parameters: parameters))
            }
        }
        return found
    }
}
