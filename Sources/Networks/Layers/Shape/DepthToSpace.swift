import Tensors

/// Channels become pixels: a block of `side` × `side` positions from each (Shi et al. 2016, arXiv:1609.05158).
public struct DepthToSpace: WeightlessLayer {
    /// Pixels on a side of a block.
    public let side: Int
    /// The block's position varies faster than the output's channel in the input's channels: c · side² + position, as
    /// PyTorch's pixel_shuffle; else position · channels + c.
    public let isDepthFirst: Bool

    /// - Parameter isDepthFirst: PyTorch's order of channels, c · side² + position; else TensorFlow's.
    public init(side: Int, isDepthFirst: Bool) {
        precondition(side > 0)
        self.side = side
        self.isDepthFirst = isDepthFirst
    }

    public var traits: LayerTraits { [.piecewiseLinear, .preservesZeroGradient, .seesWholeInput] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels % (side * side) == 0 else {
            throw ShapeError("\(input.channels) channels are no blocks of \(side)×\(side)")
        }
        return Shape(input.channels / (side * side), input.height * side, input.width * side)
    }

    /// Calls `body` with every place of the output and the one of the input that it comes from.
    private func each(_ input: Shape, _ workers: Workers, _ body: (_ output: Int, _ input: Int) -> Void) {
        let channels = input.channels / (side * side)
        workers.forEach(input.height * side) { y in
            for x in 0..<input.width * side {
                let source = (y / side * input.width + x / side) * input.channels
                let target = (y * input.width * side + x) * channels
                let block = y % side * side + x % side
                for c in 0..<channels {
                    body(target + c, source + (isDepthFirst ? c * side * side + block : block * channels + c))
                }
            }
        }
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shape = inputs[0].shape
        guard let output = try? outputShape(for: [shape]) else { preconditionFailure("unchecked shape") }
        var result = FeatureMap(uninitialized: output)
        result.withMutableElements { result in
            inputs[0].withElements { input in each(shape, pass.workers) { result[$0] = input[$1] } }
        }
        return LayerResult(result) { gradient in
            var result = FeatureMap(uninitialized: shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in each(shape, pass.workers) { result[$1] = gradient[$0] } }
            }
            return [result]
        }
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }
}
