import Tensors

/// Which nodes, and which channels of them, a set of demands needs.
///
/// From the deepest demanded node backwards, each node is asked to compute no more than is wanted of it. A node passes
/// a restriction on to its inputs only where it is the one to look at them.
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
                set.count < counts[index].channels,
                let restriction = node.layer.restricted(
                    to: set.sorted(), inputs: node.inputs.map { $0 < 0 ? counts.image : counts[$0] }),
                zip(node.inputs, restriction.inputs).allSatisfy({ input, channels in
                    channels == nil || (input >= 0 && consumers[input] == 1 && !kept.contains(input)
                        && Self.canRestrict(input, to: channels!, network, counts, consumers, kept))
                })
            {
                result.layer = restriction.layer
                result.channels = set.sorted()
                passedOn = restriction.inputs
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
        _ index: Int, to channels: [Int], _ network: Network, _ counts: ChannelCounts, _ consumers: [Int],
        _ kept: Set<Int>
    ) -> Bool {
        if channels.isEmpty || channels.count == counts[index].channels { return true }
        let node = network.nodes[index]
        guard
            let restriction = node.layer.restricted(
                to: channels, inputs: node.inputs.map { $0 < 0 ? counts.image : counts[$0] })
        else { return false }
        return zip(node.inputs, restriction.inputs).allSatisfy { input, channels in
            channels == nil
                || (input >= 0 && consumers[input] == 1 && !kept.contains(input)
                    && canRestrict(input, to: channels!, network, counts, consumers, kept))
        }
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
        for size in [224, 299, 512] {
            if let shapes = try? network.shapes(forHeight: size, width: size) {
                return ChannelCounts(shapes: shapes.map(\.shape), image: Shape(network.inputChannels, size, size))
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

    /// Lets a convolution rectify its own output where only a rectifier looks at it.
    mutating func mergeRectifiers() {
        var consumers: [Int: Int] = [:]
        for node in nodes { for input in node.inputs { consumers[input, default: 0] += 1 } }
        var merged: [Int: PrunedNode] = [:]  // convolutions, by node index, that a rectifier has taken over
        for place in nodes.indices where nodes[place].layer is ReLU {
            let input = nodes[place].inputs[0]
            guard input >= 0, consumers[input] == 1,
                let producer = nodes.first(where: { $0.index == input }), !producer.isKept,
                var convolution = producer.layer as? Convolution
            else { continue }
            convolution.rectifies = true
            merged[producer.index] = producer
            nodes[place].layer = convolution
            nodes[place].inputs = producer.inputs
        }
        nodes.removeAll { merged[$0.index] != nil }
    }

    /// Lets convolutions multiply the gradient that they send back with the derivative of the rectifier whose output they
    /// read, and rectifying convolutions whose readers all do that leave it to them. A pool or a concatenation passes
    /// positive values on as they are, and so passes the duty on.
    mutating func maskGradients() {
        let places = Dictionary(uniqueKeysWithValues: nodes.indices.map { (nodes[$0].index, $0) })
        var readers: [Int: [Int]] = [:]  // by place
        for place in nodes.indices {
            for input in nodes[place].inputs { if let producer = places[input] { readers[producer, default: []].append(place) } }
        }
        func passesOn(_ layer: any Layer) -> Bool { layer is MaxPooling || layer is Concatenation || layer is Dropout }

        var isRectified = [Bool](repeating: false, count: nodes.count)
        for place in nodes.indices {
            let layer = nodes[place].layer
            let inputs = nodes[place].inputs.map { places[$0].map { isRectified[$0] } ?? false }
            if var convolution = layer as? Convolution {
                isRectified[place] = convolution.rectifies
                convolution.masksGradient = inputs == [true]
                nodes[place].layer = convolution
            } else {
                isRectified[place] = layer is ReLU || passesOn(layer) && inputs.allSatisfy { $0 }
            }
        }
        var isMasked = [Bool](repeating: false, count: nodes.count)  // the gradient at the output
        for place in nodes.indices.reversed() where !nodes[place].isKept {
            isMasked[place] = readers[place, default: []].allSatisfy { reader in
                (nodes[reader].layer as? Convolution)?.masksGradient ?? (passesOn(nodes[reader].layer) && isMasked[reader])
            }
            if var convolution = nodes[place].layer as? Convolution, convolution.rectifies {
                convolution.receivesMaskedGradient = isMasked[place]
                nodes[place].layer = convolution
            }
        }
    }
}
