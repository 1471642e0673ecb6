import Tensors

/// One number of the channels at each position, such as their mean: one channel.
public struct Reduction: WeightlessLayer {
    /// How the channels become one.
    public enum Kind: String, Sendable {
        /// Their sum by their number.
        case mean
        /// Σ over the channels.
        case sum
        /// The largest; the gradient goes to the first such channel.
        case maximum
        /// The smallest; the gradient goes to the first such channel.
        case minimum
        /// Π over the channels.
        case product
        /// √Σx², Σ|x| and Σx².
        case length, magnitude, squares
        /// ln Σx and ln Σeˣ.
        case logSum, logSumExp

        /// The number of these.
        public func value(_ values: some RandomAccessCollection<Float>) -> Float {
            switch self {
            case .mean: return values.reduce(0, +) * (1 / Float(values.count))
            case .sum: return values.reduce(0, +)
            case .maximum: return values.reduce(-.infinity, max)
            case .minimum: return values.reduce(.infinity, min)
            case .product: return values.reduce(1, *)
            case .length: return values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            case .magnitude: return values.reduce(0) { $0 + abs($1) }
            case .squares: return values.reduce(0) { $0 + $1 * $1 }
            case .logSum: return logarithm(values.reduce(0, +))
            case .logSumExp:
                let largest = values.reduce(-.infinity, max)
                guard largest.isFinite else { return largest }
                return largest + logarithm(values.reduce(0) { $0 + exponential($1 - largest) })
            }
        }

        /// Writes the derivatives by each of these values, times a gradient.
        ///
        /// - Parameter value: their number.
        fileprivate func pullback(
            _ gradient: Float, _ values: Slice<UnsafeBufferPointer<Float>>, value: Float, to result: UnsafeMutableBufferPointer<Float>
        ) {
            var isFirst = true
            for place in values.indices {
                let x = values[place]
                switch self {
                case .mean: result[place] = gradient / Float(values.count)
                case .sum: result[place] = gradient
                case .length: result[place] = value == 0 ? 0 : gradient * x / value
                case .magnitude: result[place] = x > 0 ? gradient : x < 0 ? -gradient : 0
                case .squares: result[place] = 2 * gradient * x
                case .logSum: result[place] = gradient * exponential(-value)
                case .logSumExp: result[place] = gradient * exponential(x - value)
                case .product:
                    result[place] = gradient * values.indices.reduce(1) { $1 == place ? $0 : $0 * values[$1] }
                case .maximum, .minimum:
                    let wins = isFirst && x == value
                    result[place] = wins ? gradient : 0
                    if wins { isFirst = false }
                }
            }
        }
    }

    /// Which one.
    public let kind: Kind

    /// Makes one channel of all.
    public init(_ kind: Kind) { self.kind = kind }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels > 0 else { throw ShapeError("nothing to reduce in \(input)") }
        return Shape(1, input.height, input.width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (input, shape) = (inputs[0], inputs[0].shape)
        let channels = shape.channels
        func eachPosition(_ body: (_ position: Int, _ places: Range<Int>) -> Void) {
            pass.workers.forEach(shape.height) { y in
                for position in y * shape.width..<(y + 1) * shape.width { body(position, position * channels..<(position + 1) * channels) }
            }
        }
        var output = FeatureMap(uninitialized: Shape(1, shape.height, shape.width))
        output.withMutableElements { output in
            input.withElements { input in eachPosition { output[$0] = kind.value(input[$1]) } }
        }
        let reduced = output
        return LayerResult(output) { gradient in
            var result = FeatureMap(uninitialized: shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    input.withElements { input in
                        reduced.withElements { reduced in
                            eachPosition { kind.pullback(gradient[$0], input[$1], value: reduced[$0], to: result) }
                        }
                    }
                }
            }
            return [result]
        }
    }
}
