extension Network {
    /// The layer that classes are linear in, and its weights.
    public struct ClassifierHead: Sendable {
        /// The layer that gives the features; where it has positions, their mean counts.
        public let features: LayerName
        private let weights: Parameter  // [classes, features], perhaps with kernels of 1×1

        init(features: LayerName, weights: Parameter) {
            self.features = features
            self.weights = weights
        }

        /// A class's weights less the mean of all classes', `[features]`.
        public func directions(of classes: [Int]) throws(WeightsError) -> [Int: [Double]] {
            if classes.isEmpty { return [:] }
            let values = try weights.read()
            let (count, length) = (weights.shape[0], weights.count / weights.shape[0])
            var mean = [Double](repeating: 0, count: length)
            for row in 0..<count {
                for column in 0..<length { mean[column] += Double(values[row * length + column]) / Double(count) }
            }
            return Dictionary(
                uniqueKeysWithValues: classes.map { index in
                    (index, (0..<length).map { Double(values[index * length + $0]) - mean[$0] })
                })
        }
    }

    /// The last linear layer, where nothing behind it but rectifiers, pools and reshapes makes the class scores of it; nil where
    /// something else does.
    public var classifierHead: ClassifierHead? {
        var index = nodes.firstIndex { $0.name == logitsLayer.node }!
        while nodes[index].layer.linearMap == nil {
            let node = nodes[index]
            guard node.inputs.count == 1, node.inputs[0] >= 0, node.layer.parameters.isEmpty,
                channels(of: LayerName(node: node.name)) == channels(of: LayerName(node: nodes[node.inputs[0]].name))
            else { return nil }
            index = node.inputs[0]
        }
        guard let weights = nodes[index].layer.linearMap, var input = nodes[index].inputs.first, input >= 0 else { return nil }
        while nodes[input].layer.traits.contains(.identity), nodes[input].inputs[0] >= 0 { input = nodes[input].inputs[0] }
        return ClassifierHead(features: LayerName(node: nodes[input].name), weights: weights)
    }
}
