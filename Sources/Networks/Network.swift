import Tensors

/// A network as its architecture describes it: nodes in topological order, under torchvision's names. Weights stay in
/// their file until `prepared` asks for those that matter.
public struct Network: Sendable {
    struct Node: Sendable {
        let name: String
        let layer: any Layer
        let inputs: [Int]  // indices of nodes; −1 is the image
    }

    let nodes: [Node]
    public let inputChannels: Int

    /// Every node's name, shallow to deep.
    public var layerNames: [String] { nodes.map(\.name) }

    /// The node that a name means: the node of that name, or the last one of the module of that name ("features.3" of
    /// SqueezeNet is the concatenation that ends its fire module).
    public func layer(named name: String) throws(LayerNameError) -> LayerName {
        if nodes.contains(where: { $0.name == name }) { return LayerName(node: name) }
        if let last = nodes.last(where: { $0.name.hasPrefix(name + ".") }), !name.isEmpty {
            return LayerName(node: last.name)
        }
        throw LayerNameError(name: name, nearest: nearestNames(to: name, among: addressableNames))
    }

    /// Node names and the module paths above them.
    var addressableNames: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for node in nodes {
            let parts = node.name.split(separator: ".")
            for length in 1...parts.count {
                let name = parts.prefix(length).joined(separator: ".")
                if seen.insert(name).inserted { names.append(name) }
            }
        }
        return names
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
        let upTo = Network(nodes: Array(nodes[...end]), inputChannels: inputChannels)
        return try upTo.shapes(forHeight: height, width: width)[end].shape
    }
}

/// The name of a node that exists in the network that gave it.
public struct LayerName: Hashable, Sendable, CustomStringConvertible {
    public let node: String
    public var description: String { node }
}

/// A layer that the network does not have.
public struct LayerNameError: Error, CustomStringConvertible {
    public let name: String
    public let nearest: [String]

    public var description: String {
        "there is no layer \"\(name)\"; the nearest are \(nearest.joined(separator: ", "))"
    }
}
