import Tensors

/// A network as its architecture describes it: nodes in topological order, under torchvision's names. Weights stay in
/// their file until `prepared` asks for those that matter.
public struct Network: Sendable {
    package struct Node: Sendable {
        package let name: String
        package let layer: any Layer
        package let inputs: [Int]  // indices of nodes; −1 is the image
        /// Another name for it and what else its module does, where the node's own name says it differently: the path of the
        /// module in the program that exported the graph, with dots.
        package var module: String?
    }

    /// A size of the picture, in pixels.
    public struct Size: Sendable, Hashable, Codable, CustomStringConvertible {
        public let height: Int
        public let width: Int

        public init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }

        public var description: String { width == height ? "\(width)" : "\(width)x\(height)" }
    }

    package let nodes: [Node]
    private let channels: [Int]  // of each node's output
    /// Channels of the images that it takes.
    public let inputChannels: Int
    /// The size that the layers were made for which fit one size only; nil if there are none. See `onlySize(for:)`.
    public let onlySize: Size?

    init(nodes: [Node], channels: [Int], inputChannels: Int, onlySize: Size? = nil) {
        self.onlySize = onlySize
        self.nodes = nodes
        self.channels = channels
        self.inputChannels = inputChannels
    }

    /// The channels of the last node's output: classes, where the network ends in them.
    public var outputChannels: Int { channels.last ?? inputChannels }

    /// The last node answers with probabilities, not with scores that a softmax would make them of.
    public var endsInProbabilities: Bool { nodes.last?.layer is Softmax }

    /// The channels of a layer's output, whatever the picture's size.
    public func channels(of layer: LayerName) -> Int { channels[nodes.firstIndex { $0.name == layer.node }!] }

    /// Every node's name, shallow to deep.
    public var layerNames: [String] { nodes.map(\.name) }

    /// The node that a name means: the node of that name, or the last one of the module of that name ("features.3" of
    /// SqueezeNet is the concatenation that ends its fire module).
    public func layer(named name: String) throws(LayerNameError) -> LayerName {
        if nodes.contains(where: { $0.name == name }) { return LayerName(node: name) }
        if let last = nodes.last(where: { $0.name.hasPrefix(name + ".") }), !name.isEmpty {
            return LayerName(node: last.name)
        }
        if let last = nodes.last(where: { $0.module == name || $0.module?.hasPrefix(name + ".") == true }) {
            return LayerName(node: last.name)
        }
        if let node = lastNode(under: name.split(separator: "/"), { $0.name.contains("/") ? $0.name.split(separator: "/") : [] })
            ?? lastNode(under: name.split(separator: "."), { $0.module?.split(separator: ".") ?? [] })
        {
            return LayerName(node: node)
        }
        throw LayerNameError(name: name, nearest: nearestNames(to: name, among: addressableNames))
    }

    /// The class scores: the last layer that is not a softmax, whatever the network ends in.
    public var logitsLayer: LayerName { LayerName(node: nodes.last { !($0.layer is Softmax) }!.name) }

    /// The ends of the network's larger parts, shallow to deep: the last layer of each two steps of the module path
    /// ("features.3", "layer1.0", "inception4a"), as far as they keep positions. A normalization, rectifier or pool that is a
    /// part by itself only passes on what the part before it says, and is left out.
    public var stages: [LayerName] {
        var last: [(part: Substring, layer: LayerName, isPassing: Bool)] = []
        let size = onlySize ?? Size(height: 299, width: 299)
        guard let shapes = try? shapes(forHeight: size.height, width: size.width) else { return [] }
        for (node, (layer, shape)) in zip(nodes, shapes) where shape.area > 1 && !(node.layer is Dropout) {
            let part = (node.module ?? node.name).split(separator: ".").prefix(2).joined(separator: ".")[...]
            var isPassing = Self.passesOn(node.layer)
            if let before = last.last, before.part == part {
                isPassing = isPassing && before.isPassing
                last.removeLast()
            }
            last.append((part, layer, isPassing))
        }
        return last.filter { !$0.isPassing }.map(\.layer)
    }

    private static func passesOn(_ layer: any Layer) -> Bool {
        layer is BatchNormalization || layer is ReLU || layer is ReLU6 || layer is ParametricReLU || layer is Nonlinearity
            || layer is LocalResponseNormalization || layer is MaxPooling || layer is AveragePooling
    }

    /// The last of the nodes whose paths hold these parts in a row, if all hold them at the same place: "block1_conv1" for
    /// "model/block1_conv1/Conv2D".
    private func lastNode(under wanted: [Substring], _ path: (Node) -> [Substring]) -> String? {
        guard !wanted.isEmpty else { return nil }
        var found: (prefix: ArraySlice<Substring>, node: String)?
        for node in nodes {
            let parts = path(node)
            guard parts.count >= wanted.count,
                let start = (0...parts.count - wanted.count).first(where: { parts[$0..<$0 + wanted.count].elementsEqual(wanted) })
            else { continue }
            if let found, !found.prefix.elementsEqual(parts[..<start]) { return nil }
            found = (parts[..<start], node.name)
        }
        return found?.node
    }

    /// Node names and the module paths above them.
    var addressableNames: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for node in nodes {
            for path in [node.name, node.module ?? ""] {
                let parts = path.split(separator: ".", omittingEmptySubsequences: false)
                for length in 1...parts.count {
                    let name = parts.prefix(length).joined(separator: ".")
                    if !name.isEmpty, seen.insert(name).inserted { names.append(name) }
                }
            }
        }
        return names
    }

    /// The one size of the picture that a layer can be computed at; nil where any will do that is large enough.
    public func onlySize(for layer: LayerName) -> Size? {
        guard let onlySize else { return nil }
        // Strides up to 32 divide these.
        let other = try? shape(of: layer, height: onlySize.height + 64, width: onlySize.width + 96)
        // A vector of every position has as many channels as there are positions: another size has others.
        return other?.channels == channels(of: layer) ? nil : onlySize
    }

    /// The shapes of every node's output for an image of this size.
    public func shapes(forHeight height: Int, width: Int) throws(ShapeError) -> [(layer: LayerName, shape: Shape)] {
        var shapes: [Shape] = []
        let image = Shape(inputChannels, height, width)
        for node in nodes {
            let inputs = node.inputs.map { $0 < 0 ? image : shapes[$0] }
            do {
                shapes.append(try node.layer.outputShape(for: inputs))
            } catch {
                throw ShapeError(error.reason, layer: node.name)
            }
        }
        return zip(nodes, shapes).map { (LayerName(node: $0.name), $1) }
    }

    /// The shape of one layer's output; deeper layers may not fit the image.
    public func shape(of layer: LayerName, height: Int, width: Int) throws(ShapeError) -> Shape {
        let end = nodes.firstIndex { $0.name == layer.node }!
        var needed: Set<Int> = [end]
        for index in (0...end).reversed() where needed.contains(index) { needed.formUnion(nodes[index].inputs) }
        var shapes: [Int: Shape] = [-1: Shape(inputChannels, height, width)]
        for index in 0...end where needed.contains(index) {
            do {
                shapes[index] = try nodes[index].layer.outputShape(for: nodes[index].inputs.map { shapes[$0]! })
            } catch {
                throw ShapeError(error.reason, layer: nodes[index].name)
            }
        }
        return shapes[end]!
    }
}

extension Network {
    /// What computing some layers takes, counted in floats.
    public struct Cost: Sendable {
        /// What a pass remembers of its outputs for the way back: the values where a layer's derivative depends on them, else
        /// two bits each and a byte for the winner of a pool.
        public var remembered = 0
        /// The largest single output.
        public var largestActivation = 0
        /// Trained numbers.
        public var parameters = 0
    }

    /// Layers that are linear but for the signs of their outputs, or but for who won.
    private static func remembersBits(_ layer: any Layer) -> Bool {
        layer is Convolution || layer is Linear || layer is Addition || layer is Concatenation || layer is MaxPooling
            || layer is AveragePooling || layer is AdaptiveAveragePooling || layer is ChannelChoice || layer is Flatten
    }

    /// The cost of everything up to these layers for an image of this size; what does not fit the image counts nothing.
    public func cost(of layers: Set<LayerName>, height: Int, width: Int) -> Cost {
        var cost = Cost()
        let needed = Pruning(self, demands: Dictionary(uniqueKeysWithValues: layers.map { ($0, Demand.all) })).nodes
        var shapes: [Int: Shape] = [-1: Shape(inputChannels, height, width)]
        for node in needed {
            let inputs = node.inputs.compactMap { shapes[$0] }
            guard inputs.count == node.inputs.count, let shape = try? node.layer.outputShape(for: inputs) else { break }
            shapes[node.index] = shape
            cost.parameters += node.layer.parameterCount
            if node.layer is ReLU || node.layer is BatchNormalization || node.layer is Dropout { continue }
            cost.remembered += Self.remembersBits(node.layer) ? shape.count / 4 : shape.count
            cost.largestActivation = max(cost.largestActivation, shape.count)
        }
        return cost
    }
}

/// The name of a node that exists in the network that gave it.
public struct LayerName: Hashable, Sendable, CustomStringConvertible {
    /// The node's name.
    public let node: String
    public var description: String { node }
}

/// A layer that the network does not have.
public struct LayerNameError: Error, CustomStringConvertible {
    /// What was asked for.
    public let name: String
    /// What may have been meant, best first.
    public let nearest: [String]

    public var description: String {
        "there is no layer \"\(name)\"; the nearest are \(nearest.joined(separator: ", "))"
    }
}
