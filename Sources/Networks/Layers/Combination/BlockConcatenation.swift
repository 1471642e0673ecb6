import Tensors

/// Several inputs, and constants among them, along any axis: the output is `outer` times a block of each in turn. Along
/// the channels `Concatenation` does the same at any size.
public struct BlockConcatenation: Layer {
    /// One of the parts.
    public enum Part: Sendable {
        /// The next input, of this shape.
        case input(Shape)
        /// Trained numbers, in the order in which they lie in the output.
        case constant(Parameter)

        var count: Int {
            switch self {
            case .input(let shape): shape.count
            case .constant(let parameter): parameter.count
            }
        }
    }

    let parts: [Part]
    private let outer: Int
    private let output: Shape

    /// - Parameters:
    ///   - outer: how many blocks each part is cut into.
    ///   - output: as many values as the parts have together.
    public init(_ parts: [Part], outer: Int, output: Shape) {
        precondition(output.count == parts.reduce(0) { $0 + $1.count } && parts.allSatisfy { $0.count % outer == 0 })
        self.parts = parts
        self.outer = outer
        self.output = output
    }

    public var traits: LayerTraits { [.piecewiseLinear, .seesWholeInput] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        var rest = inputs[...]
        for case .input(let shape) in parts {
            guard let input = rest.popFirst() else { throw ShapeError("too few inputs: \(inputs.count)") }
            try expect(shape, input)
        }
        return output
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    public var parameters: [Parameter] {
        parts.compactMap { if case .constant(let parameter) = $0 { parameter } else { nil } }
    }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        var constants: [[Float]] = []
        for part in parts {
            if case .constant(let parameter) = part { constants.append(try preparation.read(parameter)) } else { constants.append([]) }
        }
        return Prepared(layer: self, constants: constants)
    }

    private struct Prepared: PreparedLayer {
        let layer: BlockConcatenation
        let constants: [[Float]]  // by part; empty for inputs

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let (outer, output, parts) = (layer.outer, layer.output, layer.parts)
            let row = output.count / outer
            var result = FeatureMap(uninitialized: output)
            result.withMutableElements { result in
                let result = result.baseAddress!
                var (start, next) = (0, 0)
                for (index, part) in parts.enumerated() {
                    let block = part.count / outer
                    func copy(_ source: UnsafeBufferPointer<Float>) {
                        for i in 0..<outer { (result + i * row + start).update(from: source.baseAddress! + i * block, count: block) }
                    }
                    if case .input = part {
                        inputs[next].withElements(copy)
                        next += 1
                    } else {
                        constants[index].withUnsafeBufferPointer(copy)
                    }
                    start += block
                }
            }
            return LayerResult(result) { gradient in
                var gradients: [FeatureMap] = []
                var start = 0
                for part in parts {
                    let block = part.count / outer
                    if case .input(let shape) = part {
                        var own = FeatureMap(uninitialized: shape)
                        own.withMutableElements { own in
                            gradient.withElements { gradient in
                                for i in 0..<outer {
                                    (own.baseAddress! + i * block).update(from: gradient.baseAddress! + i * row + start, count: block)
                                }
                            }
                        }
                        gradients.append(own)
                    }
                    start += block
                }
                return gradients
            }
        }
    }
}
