extension OptimizedGraph {
    /// Lets a layer compute one of its inputs itself, where nobody else reads that and it comes from the layer's other inputs: attention
    /// whose probabilities were not requested.
    mutating func absorbInputs() {
        var readers: [Int: Int] = [:]
        for node in nodes { for input in node.inputs { readers[input, default: 0] += 1 } }
        let places = Dictionary(uniqueKeysWithValues: nodes.indices.map { (nodes[$0].id, $0) })
        var absorbed: Set<Int> = []  // ids
        for place in nodes.indices {
            for (index, input) in nodes[place].inputs.enumerated() where readers[input] == 1 {
                var others = nodes[place].inputs
                others.remove(at: index)
                guard let before = places[input], !nodes[before].isKept, nodes[before].inputs == others,
                    let both = nodes[place].layer.absorbing(nodes[before].layer, at: index)
                else { continue }
                nodes[place].layer = both
                nodes[place].inputs = others
                nodes[place].parts = nodes[before].parts + nodes[place].parts
                absorbed.insert(input)
                break
            }
        }
        nodes.removeAll { absorbed.contains($0.id) }
    }

    /// Lets one layer do the work of two where the second is the only reader of the first and the first can do both: a
    /// convolution takes the normalization after it into its weights, and rectifies the output that it writes anyway.
    mutating func mergeNeighbours() {
        var readers: [Int: Int] = [:]
        for node in nodes { for input in node.inputs { readers[input, default: 0] += 1 } }
        var places = Dictionary(uniqueKeysWithValues: nodes.indices.map { (nodes[$0].id, $0) })
        var merged: Set<Int> = []  // ids of nodes that their readers have taken over
        for place in nodes.indices {
            guard nodes[place].inputs.count == 1, let input = nodes[place].inputs.first, readers[input] == 1,
                let before = places[input], !nodes[before].isKept,
                let both = nodes[before].layer.merging(nodes[place].layer)
            else { continue }
            nodes[place].layer = both
            nodes[place].inputs = nodes[before].inputs
            nodes[place].parts = nodes[before].parts + nodes[place].parts
            merged.insert(input)
            places[input] = nil
        }
        nodes.removeAll { merged.contains($0.id) }
    }
}
