import Tensors

/// Blocks of 2×2 positions become one with their channels one after the other: those of the left column from above to below,
/// then those of the right one (Liu et al. 2021, arXiv:2103.14030). An odd extent gets a row or column of zeros at its end.
public struct PatchMerging: WeightlessLayer {
    /// Nothing to choose: blocks are 2×2 in every network that has them.
    public init() {}

    public var traits: LayerTraits { [.piecewiseLinear, .linear, .preservesZeroGradient] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        return Shape(4 * input.channels, (input.height + 1) / 2, (input.width + 1) / 2)
    }

    public func window(for inputs: [Shape]) -> Window? { Window(kernel: 2, stride: 2) }

    /// Calls `body` with the first value of each position of the output's quarters, and of the input's position there; nil where
    /// there is none.
    private func each(_ input: Shape, _ output: Shape, _ workers: Workers, _ body: (_ output: Int, _ input: Int?) -> Void) {
        workers.forEach(output.height) { row in
            for column in 0..<output.width {
                for quarter in 0..<4 {
                    let (y, x) = (2 * row + quarter % 2, 2 * column + quarter / 2)
                    let target = ((row * output.width + column) * 4 + quarter) * input.channels
                    body(target, y < input.height && x < input.width ? (y * input.width + x) * input.channels : nil)
                }
            }
        }
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shape = inputs[0].shape
        guard let output = try? outputShape(for: [shape]) else { preconditionFailure("unchecked shape") }
        var result = FeatureMap(uninitialized: output)
        result.withMutableElements { result in
            inputs[0].withElements { input in
                let (result, input) = (result.baseAddress!, input.baseAddress!)
                each(shape, output, pass.workers) { target, source in
                    if let source {
                        (result + target).update(from: input + source, count: shape.channels)
                    } else {
                        (result + target).update(repeating: 0, count: shape.channels)
                    }
                }
            }
        }
        return LayerResult(result) { gradient in
            var result = FeatureMap(uninitialized: shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    let (result, gradient) = (result.baseAddress!, gradient.baseAddress!)
                    each(shape, output, pass.workers) { target, source in
                        if let source { (result + source).update(from: gradient + target, count: shape.channels) }
                    }
                }
            }
            return [result]
        }
    }
}
