import Tensors

/// The shape, receptive field and cost of one layer.
public struct LayerSummary: Sendable, Codable {
    /// The node's name.
    public let name: String
    /// Channels of its output.
    public let channels: Int
    /// Rows of its output.
    public let height: Int
    /// Columns of its output.
    public let width: Int
    /// The extent of the input that one position can see, in pixels, padding included; at most the image where a layer
    /// looks at every position.
    public let receptiveHeight: Int
    /// As `receptiveHeight`, across.
    public let receptiveWidth: Int
    /// Trained numbers.
    public let parameters: Int
    /// Multiplications with additions of one application.
    public let multiplyAdds: Int
    /// Whether it ends one of the network's larger parts, whose channels are the ones to draw first.
    public let endsStage: Bool
}

extension Network {
    /// Every layer with its output for an image of this size, shallow to deep.
    public func summary(height: Int, width: Int) throws(ShapeError) -> [LayerSummary] {
        let seen = seenSize(for: Set(nodes.map { LayerName(node: $0.name) }), height: height, width: width)
            ?? Size(height: height, width: width)
        let (height, width) = (seen.height, seen.width)
        let shapes = try self.shapes(forHeight: height, width: width)
        let stages = Set(self.stages.map(\.node))
        let fields = receptiveFields(of: shapes.map(\.shape), image: Shape(inputChannels, height, width))
        var rows: [LayerSummary] = []
        for (index, node) in nodes.enumerated() {
            let (shape, field) = (shapes[index].shape, fields[index])
            let inputs = node.inputs.map { $0 < 0 ? Shape(inputChannels, height, width) : shapes[$0].shape }
            rows.append(
                LayerSummary(
                    name: node.name, channels: shape.channels, height: shape.height, width: shape.width,
                    receptiveHeight: field.rows.extent, receptiveWidth: field.columns.extent,
                    parameters: node.layer.parameterCount, multiplyAdds: node.layer.multiplyAdds(for: inputs),
                    endsStage: stages.contains(node.name)))
        }
        return rows
    }
}
