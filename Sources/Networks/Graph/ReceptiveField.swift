import Tensors

/// Where the positions of a layer look in the image.
public struct ReceptiveField: Sendable, Hashable {
    /// The same along one axis, in pixels.
    public struct Axis: Sendable, Hashable {
        /// Pixels that one position sees, padding included; at most the image where a layer looks at every position.
        public var extent = 1
        /// From one position to the next.
        public var step = 1
        /// The middle of what the first position sees; a pixel's own middle is 0.5.
        public var firstCentre = 0.5

        /// The image itself, where nothing else is said.
        public init(extent: Int = 1, step: Int = 1, firstCentre: Double = 0.5) {
            (self.extent, self.step, self.firstCentre) = (extent, step, firstCentre)
        }

        /// The middle of what a position sees.
        public func centre(of position: Int) -> Double { firstCentre + Double(position * step) }
    }

    /// From top to bottom.
    public var rows = Axis()
    /// From left to right.
    public var columns = Axis()

    /// The image itself, where nothing else is said.
    public init(rows: Axis = Axis(), columns: Axis = Axis()) { (self.rows, self.columns) = (rows, columns) }
}

extension Network {
    /// Where a layer's positions look in an image of this size.
    ///
    /// Where branches meet, the field is as large as the largest, about their common middle.
    public func receptiveField(of layer: LayerName, height: Int, width: Int) throws(ShapeError) -> ReceptiveField {
        let shapes = try shapes(forHeight: height, width: width).map(\.shape)
        return receptiveFields(of: shapes, image: Shape(inputChannels, height, width))[nodes.firstIndex { $0.name == layer.node }!]
    }

    /// The field of every node, from the shapes of the nodes' outputs.
    func receptiveFields(of shapes: [Shape], image: Shape) -> [ReceptiveField] {
        var fields: [ReceptiveField] = []
        for node in nodes {
            let before = node.inputs.filter { $0 >= 0 }.map { fields[$0] }
            var field = ReceptiveField(rows: .meeting(before.map(\.rows)), columns: .meeting(before.map(\.columns)))
            let inputs = node.inputs.map { $0 < 0 ? image : shapes[$0] }
            if let window = node.layer.window(for: inputs) {
                // A layer that reads every position sees the image and no more.
                let isWhole = window.kernelHeight >= inputs[0].height && window.kernelWidth >= inputs[0].width && inputs[0].area > 1
                field.rows.look(
                    through: (window.kernelHeight - 1) * window.dilationHeight, stride: window.strideHeight,
                    padding: window.paddingHeight, atMost: isWhole ? image.height : nil)
                field.columns.look(
                    through: (window.kernelWidth - 1) * window.dilationWidth, stride: window.strideWidth,
                    padding: window.paddingWidth, atMost: isWhole ? image.width : nil)
            }
            fields.append(field)
        }
        return fields
    }
}

extension ReceptiveField.Axis {
    /// Several inputs of one layer. Those of one extent have one step; the factors of an excitation, one position for all, have a
    /// longer one, and do not count.
    fileprivate static func meeting(_ axes: [Self]) -> Self {
        guard let step = axes.map(\.step).min() else { return Self() }
        let centres = axes.filter { $0.step == step }.map(\.firstCentre)
        return Self(
            extent: axes.map(\.extent).max()!, step: step, firstCentre: centres.reduce(0, +) / Double(centres.count))
    }

    /// A window over the positions so far: r + (k − 1)·j, c + ((k − 1)/2 − p)·j, j·s.
    fileprivate mutating func look(through reach: Int, stride: Int, padding: Int, atMost limit: Int?) {
        firstCentre += (Double(reach) / 2 - Double(padding)) * Double(step)
        let grown = min(extent + reach * step, Self.longest)
        extent = limit.map { max(extent, min(grown, $0)) } ?? grown
        step = min(step * stride, Self.longest)
    }

    /// Pixels beyond which nothing is followed, so that no product of many strides overflows.
    private static let longest = 1 << 30
}
