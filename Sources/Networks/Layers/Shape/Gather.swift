import Tensors

/// Each value of the output is one of the input's, or a constant: slices, gathers, transpositions, repetitions, in one map
/// of places. Linear but for the constant; the adjoint adds every gradient to where its value came from.
public struct Gather: WeightlessLayer {
    /// The input's shape.
    public let input: Shape
    /// The output's shape.
    public let output: Shape
    /// For each place of the output in memory the one of the input; −1 for `fill`.
    let places: [Int32]
    /// The value at places without a source.
    public let fill: Float
    /// No place of the input is wanted twice, so that the adjoint may be cut anywhere.
    private let isInjective: Bool

    /// Values that one task moves at a time.
    private static let pieceLength = 32_768

    /// - Parameters:
    ///   - places: for each value of the output in memory its place in the input's memory; −1 for `fill`.
    ///   - fill: the value without a source.
    public init(from input: Shape, to output: Shape, places: [Int32], fill: Float = 0) {
        precondition(places.count == output.count, "\(places.count) places cannot fill \(output)")
        self.input = input
        self.output = output
        self.places = places
        self.fill = fill
        var seen = [Bool](repeating: false, count: input.count)
        var isInjective = true
        for place in places where place >= 0 {
            if seen[Int(place)] { isInjective = false }
            seen[Int(place)] = true
        }
        self.isInjective = isInjective
    }

    public var traits: LayerTraits { [.piecewiseLinear, .seesWholeInput, fill <= 0 ? .preservesZeroGradient : []] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try expect(input, try only(inputs))
        return output
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        var result = FeatureMap(uninitialized: output)
        result.withMutableElements { result in
            inputs[0].withElements { source in
                places.withUnsafeBufferPointer { places in
                    eachPiece(places.count, pass.workers) { range in
                        for i in range { result[i] = places[i] < 0 ? fill : source[Int(places[i])] }
                    }
                }
            }
        }
        return LayerResult(result) { gradient in
            var result = FeatureMap(input)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    places.withUnsafeBufferPointer { places in
                        let workers = isInjective ? pass.workers : .one
                        eachPiece(places.count, workers) { range in
                            for i in range where places[i] >= 0 { result[Int(places[i])] += gradient[i] }
                        }
                    }
                }
            }
            return [result]
        }
    }

    private func eachPiece(_ count: Int, _ workers: Workers, _ body: (Range<Int>) -> Void) {
        workers.forEach((count + Self.pieceLength - 1) / Self.pieceLength) { piece in
            body(piece * Self.pieceLength..<min((piece + 1) * Self.pieceLength, count))
        }
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }
}
