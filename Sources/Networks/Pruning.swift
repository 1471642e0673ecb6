import Tensors

/// Which nodes, and which channels of them, a set of demands needs.
///
/// From the deepest demanded node backwards, each node is asked to compute no more than is wanted of it. A node passes
/// a restriction on to its inputs only where it is the one to look at them; elsewhere it picks what it wants.
struct Pruning {
    struct PrunedNode {
        let index: Int
        var layer: any Layer
        var inputs: [Int]
        var channels: [Int]?
        var isKept: Bool
    }

    private(set) var nodes: [PrunedNode] = []  // in topological order

    init(_ network: Network, demands: [LayerName: Demand]) {
        let indices = Dictionary(uniqueKeysWithValues: network.nodes.enumerated().map { ($1.name, $0) })
        var wanted = [Demand?](repeating: nil, count: network.nodes.count)
        for (name, demand) in demands {
            guard let index = indices[name.node] else { preconditionFailure("no node is called \(name)") }
            wanted[index] = demand
        }
        let kept = Set(demands.keys.map { indices[$0.node]! })
        var consumers = [Int](repeating: 0, count: network.nodes.count)
        let needed = Self.reachable(from: kept, in: network)
        for index in needed { for input in network.nodes[index].inputs where input >= 0 { consumers[input] += 1 } }
        let channelCounts = Self.channelCounts(network)

        for index in needed.sorted(by: >) {
            let node = network.nodes[index]
            var result = PrunedNode(
                index: index, layer: node.layer, inputs: node.inputs, channels: nil, isKept: kept.contains(index))
            var passedOn = [[Int]?](repeating: nil, count: node.inputs.count)
            if let set = wanted[index]?.channels, let counts = channelCounts,
                set.count < counts[index].channels
            {
                let inputs = node.inputs.map { $0 < 0 ? counts.image : counts[$0] }
                if let restriction = node.layer.restricted(to: set.sorted(), inputs: inputs) {
                    // An input that others look at too supplies everything, and this node picks what it wants.
                    var choices: [ChannelChoice?] = []
                    for (place, channels) in restriction.inputs.enumerated() {
                        let input = node.inputs[place]
                        if channels?.isEmpty == true {
                            passedOn[place] = []
                        } else if let channels,
                            input < 0 || consumers[input] != 1 || kept.contains(input)
                                || !Self.canRestrict(input, to: channels, network, counts)
                        {
                            choices.append(ChannelChoice(channels, of: inputs[place].channels))
                        } else {
                            passedOn[place] = channels
                            choices.append(nil)
                        }
                    }
                    result.layer =
                        choices.contains { $0 != nil }
                        ? Selecting(layer: restriction.layer, choices: choices) : restriction.layer
                    result.channels = set.sorted()
                }
            }
            for (input, channels) in zip(node.inputs, passedOn) where input >= 0 {
                if channels?.isEmpty == true {
                    consumers[input] -= 1
                    continue
                }
                let demand = channels.map { Demand.channels(Set($0)) } ?? .all
                wanted[input] = wanted[input].map { $0.union(demand) } ?? demand
            }
            result.inputs = zip(node.inputs, passedOn).filter { $1?.isEmpty != true }.map(\.0)
            nodes.append(result)
        }
        nodes.reverse()
        dropUnused(kept: kept)
    }

    /// Whether a node, asked for these channels only, would supply exactly these.
    private static func canRestrict(
        _ index: Int, to channels: [Int], _ network: Network, _ counts: ChannelCounts
    ) -> Bool {
        if channels.count == counts[index].channels { return true }
        let node = network.nodes[index]
        return node.layer.restricted(
            to: channels, inputs: node.inputs.map { $0 < 0 ? counts.image : counts[$0] }) != nil
    }

    private static func reachable(from kept: Set<Int>, in network: Network) -> Set<Int> {
        var found = kept
        for index in network.nodes.indices.reversed() where found.contains(index) {
            for input in network.nodes[index].inputs where input >= 0 { found.insert(input) }
        }
        return found
    }

    /// Shapes at a size that every layer takes; only their channels (and whether they are vectors) are looked at.
    private struct ChannelCounts {
        let shapes: [Shape]
        let image: Shape
        subscript(index: Int) -> Shape { shapes[index] }
    }

    private static func channelCounts(_ network: Network) -> ChannelCounts? {
        let usual = [224, 299, 512].map { Network.Size(height: $0, width: $0) }
        for size in (network.onlySize.map { [$0] } ?? []) + usual {
            if let shapes = try? network.shapes(forHeight: size.height, width: size.width) {
                return ChannelCounts(
                    shapes: shapes.map(\.shape), image: Shape(network.inputChannels, size.height, size.width))
            }
        }
        return nil
    }

    /// Removes nodes that a restriction left without anyone to look at them.
    private mutating func dropUnused(kept: Set<Int>) {
        var used = kept
        for node in nodes.reversed() where used.contains(node.index) { used.formUnion(node.inputs.filter { $0 >= 0 }) }
        nodes.removeAll { !used.contains($0.index) }
    }

    /// Moves batch normalizations into the convolutions before them, where only they look at those.
    mutating func foldNormalizations() {
        merge { (normalization: BatchNormalization, convolution: Convolution) in
            if convolution.normalization != nil { return nil }
            var folded = convolution
            folded.normalization = normalization
            return folded
        }
    }

    /// Lets a layer rectify its own output where only a rectifier looks at it.
    mutating func mergeRectifiers() {
        merge { (_: ReLU, producer: any Layer) in
            guard var rectifying = producer as? any RectifyingLayer, !rectifying.rectifies else { return nil }
            rectifying.rectifies = true
            return rectifying
        }
    }

    /// Where a node of one kind is the only one to look at a node of another, lets one layer take the place of both.
    private mutating func merge<First: Layer, Second>(_ merged: (First, Second) -> (any Layer)?) {
        var consumers: [Int: Int] = [:]
        for node in nodes { for input in node.inputs { consumers[input, default: 0] += 1 } }
        var places = Dictionary(uniqueKeysWithValues: nodes.indices.map { (nodes[$0].index, $0) })
        var taken: Set<Int> = []  // node indices of layers that the next one has taken over
        for place in nodes.indices {
            guard let layer = nodes[place].layer as? First, nodes[place].inputs.count == 1,
                let input = nodes[place].inputs.first, consumers[input] == 1, let before = places[input],
                !nodes[before].isKept, let producer = nodes[before].layer as? Second,
                let both = merged(layer, producer)
            else { continue }
            nodes[place].layer = both
            nodes[place].inputs = nodes[before].inputs
            taken.insert(input)
            places[input] = nil
        }
        nodes.removeAll { taken.contains($0.index) }
    }

    /// Lets convolutions multiply the gradient that they send back with the derivative of the rectifier whose output they
    /// read, and rectifying layers whose readers all do that leave it to them. A pool or a concatenation passes positive
    /// values on as they are, and so passes the duty on.
    mutating func maskGradients() {
        let places = Dictionary(uniqueKeysWithValues: nodes.indices.map { (nodes[$0].index, $0) })
        var readers: [Int: [Int]] = [:]  // by place
        for place in nodes.indices {
            for input in nodes[place].inputs { if let producer = places[input] { readers[producer, default: []].append(place) } }
        }
        var isRectified = [Bool](repeating: false, count: nodes.count)
        for place in nodes.indices {
            let layer = nodes[place].layer
            let inputs = nodes[place].inputs.map { places[$0].map { isRectified[$0] } ?? false }
            isRectified[place] =
                (layer as? any RectifyingLayer)?.rectifies
                ?? (layer is ReLU || layer.passesRectifiedValuesOn && inputs.allSatisfy { $0 })
            if var convolution = layer as? Convolution {
                convolution.masksGradient = inputs == [true]
                nodes[place].layer = convolution
            }
        }
        var isMasked = [Bool](repeating: false, count: nodes.count)  // the gradient at the output
        for place in nodes.indices.reversed() where !nodes[place].isKept {
            isMasked[place] = readers[place, default: []].allSatisfy { reader in
                (nodes[reader].layer as? Convolution)?.masksGradient
                    ?? (nodes[reader].layer.passesRectifiedValuesOn && isMasked[reader])
            }
            if var layer = nodes[place].layer as? any RectifyingLayer, layer.rectifies {
                layer.receivesMaskedGradient = isMasked[place]
                nodes[place].layer = layer
            }
        }
        // Where another reader leaves the duty to the producer, masking here would be in vain.
        for place in nodes.indices {
            if var convolution = nodes[place].layer as? Convolution, convolution.masksGradient,
                let producer = nodes[place].inputs.first.flatMap({ places[$0] }), !isMasked[producer]
            {
                convolution.masksGradient = false
                nodes[place].layer = convolution
            }
        }
    }
}
