import Tensors

extension Network {
    /// The memory that computing some layers takes, counted in floats.
    public struct Cost: Sendable {
        /// Outputs that a pass remembers for the way back: the values where a layer's derivative depends on them, else two
        /// bits each and a byte for the winner of a pool.
        public var remembered = 0
        /// The largest single output.
        public var largestActivation = 0
        /// Trained numbers.
        public var parameters = 0
    }

    /// The cost of everything up to these layers for an image of this size; layers that do not fit the image count nothing.
    public func cost(of layers: Set<LayerName>, height: Int, width: Int) -> Cost {
        var cost = Cost()
        let requests = Dictionary(uniqueKeysWithValues: layers.map { ($0, ActivationRequest.all) })
        let seen = seenSize(for: layers, height: height, width: width) ?? Size(height: height, width: width)
        var shapes: [Int: Shape] = [-1: Shape(inputChannels, seen.height, seen.width)]
        var graph = OptimizedGraph(self, requests: requests)
        graph.absorbInputs()
        for node in graph.nodes {
            let inputs = node.inputs.compactMap { shapes[$0] }
            guard inputs.count == node.inputs.count, let shape = try? node.layer.outputShape(for: inputs) else { break }
            shapes[node.id] = shape
            cost.parameters += node.layer.parameterCount
            let traits = node.layer.traits
            if !traits.isDisjoint(with: [.identity, .mergesIntoPrevious]) { continue }
            cost.remembered += traits.contains(.piecewiseLinear) ? shape.count / 4 : shape.count
            cost.largestActivation = max(cost.largestActivation, shape.count)
        }
        return cost
    }
}
