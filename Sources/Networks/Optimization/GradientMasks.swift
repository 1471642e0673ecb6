extension OptimizedGraph {
    /// Moves the derivatives of rectifiers to where they cost nothing.
    ///
    /// A layer with the trait `masksInputGradient` that reads a rectified output can multiply the gradient that it sends back
    /// by the rectifier's derivative on the way. Where all readers of a rectified output do so, the layer that made it need
    /// not. A layer that preserves zero gradients, such as a pool or a concatenation, passes the duty on to its own readers, unless
    /// what it reads was requested: the gradient there is to be whole.
    mutating func maskGradients() {
        let places = Dictionary(uniqueKeysWithValues: nodes.indices.map { (nodes[$0].id, $0) })
        var readers: [Int: [Int]] = [:]  // by place
        for place in nodes.indices {
            for producer in nodes[place].inputs.compactMap({ places[$0] }) { readers[producer, default: []].append(place) }
        }
        var isRectified = [Bool](repeating: false, count: nodes.count)
        var passesToKept = [Bool](repeating: false, count: nodes.count)
        for place in nodes.indices {
            let traits = nodes[place].layer.traits
            let inputs = nodes[place].inputs.map { places[$0].map { isRectified[$0] } ?? false }
            isRectified[place] =
                traits.contains(.rectifies) || traits.contains(.preservesZeroGradient) && inputs.allSatisfy { $0 }
            nodes[place].masksInputGradient = traits.contains(.masksInputGradient) && inputs == [true]
            passesToKept[place] = traits.contains(.preservesZeroGradient)
                && nodes[place].inputs.compactMap { places[$0] }.contains { nodes[$0].isKept || passesToKept[$0] }
        }
        var isMasked = [Bool](repeating: false, count: nodes.count)  // the gradient at the output
        for place in nodes.indices.reversed() where !nodes[place].isKept && !passesToKept[place] {
            isMasked[place] = readers[place, default: []].allSatisfy { reader in
                nodes[reader].masksInputGradient
                    || nodes[reader].layer.traits.contains(.preservesZeroGradient) && isMasked[reader]
            }
            nodes[place].receivesMaskedGradient = nodes[place].layer.traits.contains(.rectifies) && isMasked[place]
        }
        // Where another reader leaves the duty to the producer, masking here would be in vain.
        for place in nodes.indices where nodes[place].masksInputGradient {
            let producer = nodes[place].inputs.first.flatMap { places[$0] }
            nodes[place].masksInputGradient = producer.map { isMasked[$0] } ?? false
        }
    }
}
