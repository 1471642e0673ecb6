import Tensors

/// The mean, the sum, or the Euclidean length of the channels at each position: one channel.
public struct Reduction: WeightlessLayer {
    /// How the channels become one.
    public enum Kind: String, Sendable {
        case mean, sum, length, maximum
    }

    /// Which one.
    public let kind: Kind

    public init(_ kind: Kind) { self.kind = kind }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels > 0 else { throw ShapeError("nothing to reduce in \(input)") }
        return Shape(1, input.height, input.width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (input, shape) = (inputs[0], inputs[0].shape)
        let channels = shape.channels
        let share = kind == .mean ? 1 / Float(channels) : 1
        var output = FeatureMap(uninitialized: Shape(1, shape.height, shape.width))
        output.withMutableElements { output in
            input.withElements { input in
                pass.workers.forEach(shape.height) { y in
                    for position in y * shape.width..<(y + 1) * shape.width {
                        let values = input[position * channels..<(position + 1) * channels]
                        switch kind {
                        case .mean, .sum: output[position] = share * values.reduce(0, +)
                        case .length: output[position] = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
                        case .maximum: output[position] = values.reduce(-.infinity, max)
                        }
                    }
                }
            }
        }
        let reduced = output
        return LayerResult(output) { gradient in
            var result = FeatureMap(uninitialized: shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    input.withElements { input in
                        reduced.withElements { reduced in
                            pass.workers.forEach(shape.height) { y in
                                for position in y * shape.width..<(y + 1) * shape.width {
                                    var isFirst = true
                                    for place in position * channels..<(position + 1) * channels {
                                        switch kind {
                                        case .mean, .sum: result[place] = share * gradient[position]
                                        case .length:
                                            let length = reduced[position]
                                            result[place] = length == 0 ? 0 : gradient[position] * input[place] / length
                                        case .maximum:
                                            let wins = isFirst && input[place] == reduced[position]
                                            result[place] = wins ? gradient[position] : 0
                                            if wins { isFirst = false }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            return [result]
        }
    }
}
