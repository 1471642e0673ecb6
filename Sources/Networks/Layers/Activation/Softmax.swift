import Tensors

/// exp(x_c) / Σ_k exp(x_k) over the channels at each position.
public struct Softmax: WeightlessLayer {
    /// Has no parameters.
    public init() {}

    public var traits: LayerTraits { .probabilities }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (channels, area) = (inputs[0].shape.channels, inputs[0].shape.area)
        if area > 1 { return manyRows(inputs[0], pass) }
        var output = inputs[0]
        output.withMutableElements { values in
            for position in 0..<area {
                let places = position * channels..<(position + 1) * channels
                let largest = places.reduce(-Float.infinity) { max($0, values[$1]) }
                var sum: Float = 0
                for place in places {
                    values[place] = exponential(values[place] - largest)
                    sum += values[place]
                }
                for place in places { values[place] /= sum }
            }
        }
        let probabilities = output
        return LayerResult(probabilities) { gradient in
            var result = gradient
            result.withMutableElements { gradient in
                probabilities.withElements { probabilities in
                    for position in 0..<area {
                        let places = position * channels..<(position + 1) * channels
                        let mean = places.reduce(Float(0)) { $0 + gradient[$1] * probabilities[$1] }
                        for place in places { gradient[place] = probabilities[place] * (gradient[place] - mean) }
                    }
                }
            }
            return [result]
        }
    }

    /// Positions that one task takes.
    private static let rowsInPiece = 64

    /// With the vectorised loops of attention.
    private func manyRows(_ input: FeatureMap, _ pass: Pass) -> LayerResult {
        let (channels, area) = (input.shape.channels, input.shape.area)
        func eachPiece(_ body: (_ start: Int, _ rows: Int) -> Void) {
            pass.workers.forEach((area + Self.rowsInPiece - 1) / Self.rowsInPiece) { piece in
                let first = piece * Self.rowsInPiece
                body(first * channels, min(Self.rowsInPiece, area - first))
            }
        }
        var output = input
        output.withMutableElements { values in
            let values = values.baseAddress!
            eachPiece { softmax(values + $0, rows: $1, columns: channels) }
        }
        let probabilities = output
        return LayerResult(output) { gradient in
            var result = gradient
            result.withMutableElements { gradient in
                let gradient = gradient.baseAddress!
                probabilities.withElements { probabilities in
                    let probabilities = probabilities.baseAddress!
                    eachPiece { softmaxPullback(gradient + $0, probabilities: probabilities + $0, rows: $1, columns: channels) }
                }
            }
            return [result]
        }
    }
}
