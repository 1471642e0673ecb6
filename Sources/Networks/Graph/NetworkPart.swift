import Tensors

extension Network {
    /// The part of the network from a layer's output to other layers: it takes that output where this one takes an image.
    ///
    /// - Parameter size: of the image that the whole network would see; the part takes what the layer makes of that.
    /// - Throws: `ShapeError` where something on the way also reads what lies before the layer.
    public func part(behind layer: LayerName, to targets: Set<LayerName>, at size: Size) throws(ShapeError) -> Network {
        let start = nodes.firstIndex { $0.name == layer.node }!
        var found: Set<Int> = []
        for target in targets {
            let end = nodes.firstIndex { $0.name == target.node }!
            var needed: Set<Int> = [end]
            for index in (0...end).reversed() where needed.contains(index) && index != start {
                if index < start || nodes[index].inputs.contains(where: { $0 < 0 }) {
                    throw ShapeError("\(target) also reads what lies before \(layer)", layer: target.node)
                }
                needed.formUnion(nodes[index].inputs)
            }
            guard needed.contains(start), end != start else { throw ShapeError("\(target) does not depend on \(layer)", layer: target.node) }
            found.formUnion(needed)
        }
        let needed = found.sorted()
        var places = [start: -1]  // node → its place in the part
        var part: [Node] = []
        for index in needed where index != start {
            places[index] = part.count
            let node = nodes[index]
            part.append(Node(name: node.name, layer: node.layer, inputs: node.inputs.map { places[$0]! }, module: node.module))
        }
        let shape = try shape(of: layer, height: size.height, width: size.width)
        return Network(
            nodes: part, channels: needed.filter { $0 != start }.map { channels(of: LayerName(node: nodes[$0].name)) },
            inputChannels: shape.channels, onlySize: Size(height: shape.height, width: shape.width))
    }
}
