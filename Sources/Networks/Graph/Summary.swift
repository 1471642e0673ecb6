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

extension Window {
    /// Rows from the first that it sees to the last.
    fileprivate var reachHeight: Int { (kernelHeight - 1) * dilationHeight }
    /// Columns likewise.
    fileprivate var reachWidth: Int { (kernelWidth - 1) * dilationWidth }
}

extension Network {
    /// Pixels beyond which no receptive field and no stride is followed, so that no product of many overflows.
    private static let longest = 1 << 30

    /// Every layer with its output for an image of this size, shallow to deep.
    public func summary(height: Int, width: Int) throws(ShapeError) -> [LayerSummary] {
        /// How an output position maps to the image along both axes.
        struct Field {
            var extent = (height: 1, width: 1)
            var jump = (height: 1, width: 1)
        }
        let seen = seenSize(for: Set(nodes.map { LayerName(node: $0.name) }), height: height, width: width)
            ?? Size(height: height, width: width)
        let (height, width) = (seen.height, seen.width)
        let shapes = try self.shapes(forHeight: height, width: width)
        let image = Shape(inputChannels, height, width)
        let stages = Set(self.stages.map(\.node))
        var fields: [Field] = []
        var rows: [LayerSummary] = []
        for (node, (_, shape)) in zip(nodes, shapes) {
            let inputs = node.inputs.map { $0 < 0 ? image : shapes[$0].shape }
            var field = Field()
            for (place, input) in node.inputs.filter({ $0 >= 0 }).enumerated() {
                let other = fields[input]
                field.extent = (
                    max(field.extent.height, other.extent.height), max(field.extent.width, other.extent.width)
                )
                // Inputs of one extent have one jump; the factors of an excitation, one position for all, a longer one.
                field.jump =
                    place == 0
                    ? other.jump
                    : (min(field.jump.height, other.jump.height), min(field.jump.width, other.jump.width))
            }
            if let window = node.layer.window(for: inputs) {
                var grown = field.extent
                grown.height = min(grown.height + window.reachHeight * field.jump.height, Self.longest)
                grown.width = min(grown.width + window.reachWidth * field.jump.width, Self.longest)
                // A layer that reads every position sees the image and no more.
                if window.kernelHeight >= inputs[0].height, window.kernelWidth >= inputs[0].width, inputs[0].area > 1 {
                    grown.height = max(field.extent.height, min(grown.height, height))
                    grown.width = max(field.extent.width, min(grown.width, width))
                }
                field.extent = grown
                field.jump.height = min(field.jump.height * window.strideHeight, Self.longest)
                field.jump.width = min(field.jump.width * window.strideWidth, Self.longest)
            }
            fields.append(field)
            rows.append(
                LayerSummary(
                    name: node.name, channels: shape.channels, height: shape.height, width: shape.width,
                    receptiveHeight: field.extent.height, receptiveWidth: field.extent.width,
                    parameters: node.layer.parameterCount, multiplyAdds: node.layer.multiplyAdds(for: inputs),
                    endsStage: stages.contains(node.name)))
        }
        return rows
    }
}
