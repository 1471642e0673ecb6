import Tensors

/// A network's graph while it is made ready for some requests: cut down to what they need (here), neighbours merged into one
/// layer (Fusion.swift), and rectifiers' derivatives moved to where they cost nothing (GradientMasks.swift).
///
/// Everything is decided by the layers' traits and what they say of themselves, never by their types.
struct OptimizedGraph {
    struct Node {
        /// The index of the network's node whose output this is; what was inserted here counts on behind the network's nodes.
        let id: Int
        let name: String
        var layer: any Layer
        var inputs: [Int]  // ids; −1 is the image
        /// The channels that are computed, ascending; nil for all.
        var channels: [Int]?
        /// The output was requested.
        let isKept: Bool
        /// The ids of the nodes whose work it does, in order: its own after those of the nodes that were merged into it.
        var parts: [Int]
        var masksInputGradient = false
        var receivesMaskedGradient = false
    }

    var nodes: [Node] = []  // in topological order

    /// Cuts a network down to what the requested channels of the requested layers need.
    ///
    /// From the deepest requested node backwards, each node is asked to compute no more than is wanted of it. It passes a
    /// restriction on to an input only where it is the one reader; elsewhere a node is inserted that picks what it wants.
    init(_ network: Network, requests: [LayerName: ActivationRequest]) {
        let indices = Dictionary(uniqueKeysWithValues: network.nodes.enumerated().map { ($1.name, $0) })
        var wanted = [ActivationRequest?](repeating: nil, count: network.nodes.count)
        for (name, request) in requests {
            guard let index = indices[name.node] else { preconditionFailure("no node is called \(name)") }
            wanted[index] = request
        }
        let kept = Set(requests.keys.map { indices[$0.node]! })
        var readers = [Int](repeating: 0, count: network.nodes.count)
        let needed = Self.reachable(from: kept, in: network)
        for index in needed { for input in network.nodes[index].inputs where input >= 0 { readers[input] += 1 } }
        let counts = ChannelCounts(network)

        for index in needed.sorted(by: >) {
            let node = network.nodes[index]
            var result = Node(
                id: index, name: node.name, layer: node.layer, inputs: node.inputs, isKept: kept.contains(index), parts: [index])
            var passedOn = [[Int]?](repeating: nil, count: node.inputs.count)
            var selections: [Node] = []
            if let channels = wanted[index]?.channels?.sorted(), let counts, channels.count < counts[index].channels,
                let restriction = node.layer.restricted(to: channels, inputs: node.inputs.map { counts[$0] })
            {
                result.layer = restriction.layer
                result.channels = channels
                for (place, (input, channels)) in zip(node.inputs, restriction.inputs).enumerated() {
                    let isOnlyReader = input >= 0 && readers[input] == 1 && !kept.contains(input)
                    guard let channels, !channels.isEmpty, !isOnlyReader || !counts.canRestrict(input, to: channels, in: network)
                    else {
                        passedOn[place] = channels
                        continue
                    }
                    result.inputs[place] = network.nodes.count + nodes.count + selections.count
                    selections.append(
                        Node(
                            id: result.inputs[place], name: "\(node.name), input \(place)",
                            layer: ChannelChoice(channels, of: counts[input].channels), inputs: [input], isKept: false, parts: []))
                }
            }
            for (input, channels) in zip(node.inputs, passedOn) where input >= 0 {
                if channels?.isEmpty == true {
                    readers[input] -= 1
                    continue
                }
                let request = channels.map { ActivationRequest.channels(Set($0)) } ?? .all
                wanted[input] = wanted[input].map { $0.union(request) } ?? request
            }
            result.inputs = zip(result.inputs, passedOn).filter { $1?.isEmpty != true }.map(\.0)
            nodes += [result] + selections
        }
        nodes.reverse()
        dropUnread()
    }

    private static func reachable(from kept: Set<Int>, in network: Network) -> Set<Int> {
        var found = kept
        for index in network.nodes.indices.reversed() where found.contains(index) {
            for input in network.nodes[index].inputs where input >= 0 { found.insert(input) }
        }
        return found
    }

    /// Removes nodes that a restriction left without a reader.
    private mutating func dropUnread() {
        var read: Set<Int> = []
        for node in nodes.reversed() where node.isKept || read.contains(node.id) { read.formUnion(node.inputs) }
        nodes.removeAll { !$0.isKept && !read.contains($0.id) }
    }
}

/// The shapes of a network's outputs at a size that every layer takes; only their channels, and whether they are vectors,
/// matter.
private struct ChannelCounts {
    private let shapes: [Shape]
    private let image: Shape

    /// - Returns: nil if no usual size is taken by every layer.
    init?(_ network: Network) {
        let usual = [224, 299, 512].map { Network.Size(height: $0, width: $0) }
        for size in (network.onlySize.map { [$0] } ?? []) + usual {
            if let shapes = try? network.shapes(forHeight: size.height, width: size.width) {
                self.shapes = shapes.map(\.shape)
                image = Shape(network.inputChannels, size.height, size.width)
                return
            }
        }
        return nil
    }

    /// The output's shape; −1 is the image.
    subscript(index: Int) -> Shape { index < 0 ? image : shapes[index] }

    /// Whether a node, asked for these channels only, would supply exactly these.
    func canRestrict(_ index: Int, to channels: [Int], in network: Network) -> Bool {
        if channels.count == self[index].channels { return true }
        let node = network.nodes[index]
        return node.layer.restricted(to: channels, inputs: node.inputs.map { self[$0] }) != nil
    }
}
