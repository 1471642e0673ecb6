import Tensors

/// A network as its architecture describes it: nodes in topological order, under torchvision's names. Weights stay in
/// their file until `prepared` asks for those that matter.
public struct Network: Sendable {
    /// A layer with its name and its inputs.
    package struct Node: Sendable {
        /// The name in torchvision or in the file; no two nodes share one.
        package let name: String
        /// The description; the weights are still in their file.
        package let layer: any Layer
        /// The indices of the nodes that it reads; −1 is the image.
        package let inputs: [Int]
        /// The path of its module in the program that exported the graph, with dots; nil where the node's own name is that
        /// path.
        package var module: String?
    }

    /// A size of the picture, in pixels.
    public struct Size: Sendable, Hashable, Codable, CustomStringConvertible {
        /// Rows of pixels.
        public let height: Int
        /// Columns of pixels.
        public let width: Int

        /// In pixels.
        public init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }

        public var description: String { width == height ? "\(width)" : "\(width)x\(height)" }
    }

    /// Every node, each after those that it reads.
    package let nodes: [Node]
    private let channels: [Int]  // of each node's output
    /// Channels of the images that it takes.
    public let inputChannels: Int
    /// The size that the layers were made for which fit one size only; nil if there are none. See `onlySize(for:)`.
    public let onlySize: Size?
    /// Its file's remarks beside the layers.
    public package(set) var remarks = NetworkRemarks()

    init(nodes: [Node], channels: [Int], inputChannels: Int, onlySize: Size? = nil) {
        self.onlySize = onlySize
        self.nodes = nodes
        self.channels = channels
        self.inputChannels = inputChannels
    }

    /// The channels of the last node's output: classes, where the network ends in them.
    public var outputChannels: Int { channels.last ?? inputChannels }

    /// The last node answers with probabilities, not with scores that a softmax would make them of.
    public var endsInProbabilities: Bool { nodes.last?.layer.traits.contains(.probabilities) == true }

    /// The channels of a layer's output, whatever the picture's size.
    public func channels(of layer: LayerName) -> Int { channels[nodes.firstIndex { $0.name == layer.node }!] }

    /// The properties of a layer.
    package func traits(of layer: LayerName) -> LayerTraits { nodes.first { $0.name == layer.node }!.layer.traits }

    /// Whether a layer is computed from another's output.
    package func depends(_ layer: LayerName, on other: LayerName) -> Bool {
        let end = nodes.firstIndex { $0.name == layer.node }!
        var needed = Set(nodes[end].inputs)
        for index in (0..<end).reversed() where needed.contains(index) {
            if nodes[index].name == other.node { return true }
            needed.formUnion(nodes[index].inputs)
        }
        return false
    }

    /// The branch that a channel of a concatenation comes from; nil of other layers.
    package func source(ofChannel channel: Int, of layer: LayerName) -> (layer: LayerName, channel: Int)? {
        let node = nodes.first { $0.name == layer.node }!
        guard node.layer is Concatenation, node.inputs.allSatisfy({ $0 >= 0 }) else { return nil }
        var first = 0
        for input in node.inputs {
            if channel < first + channels[input] { return (LayerName(node: nodes[input].name), channel - first) }
            first += channels[input]
        }
        return nil
    }

    /// Every node's name, shallow to deep.
    public var layerNames: [String] { nodes.map(\.name) }

    /// The class scores: the last layer that does not make probabilities of them, or the last where all do.
    public var logitsLayer: LayerName { LayerName(node: (nodes.last { !$0.layer.traits.contains(.probabilities) } ?? nodes[nodes.count - 1]).name) }

    /// The ends of the network's larger parts, shallow to deep: the last layer of each two steps of the module path
    /// ("features.3", "layer1.0", "inception4a"), as far as they keep positions. A normalization, rectifier or pool that is a
    /// part by itself only passes on what the part before it says, and is left out.
    public var stages: [LayerName] {
        var last: [(part: Substring, layer: LayerName, keepsFeatures: Bool)] = []
        let size = onlySize ?? Size(height: 299, width: 299)
        guard let shapes = try? shapes(forHeight: size.height, width: size.width) else { return [] }
        for (node, (layer, shape)) in zip(nodes, shapes) where shape.area > 1 && !node.layer.traits.contains(.identity) {
            let part = (node.module ?? node.name).split(separator: ".").prefix(2).joined(separator: ".")[...]
            var keepsFeatures = node.layer.traits.contains(.keepsFeatures)
            if let before = last.last, before.part == part {
                keepsFeatures = keepsFeatures && before.keepsFeatures
                last.removeLast()
            }
            last.append((part, layer, keepsFeatures))
        }
        return last.filter { !$0.keepsFeatures }.map(\.layer)
    }

    /// The one size of the picture that a layer can be computed at; nil where any will do that is large enough.
    public func onlySize(for layer: LayerName) -> Size? { SizeFit(self, layers: [layer]).only }

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
