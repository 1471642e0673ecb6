import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension ParameterizationName {
    /// The name of `PatternNetwork` in plans.
    public static let cppn = ParameterizationName(PatternNetwork.self)
}

/// A picture written as a small network from a pixel's place to its values, a CPPN: eight 1×1 layers of 24 channels over the
/// coordinates, each followed by atan(x)/0.67 and atan(x)²/0.6 side by side, and a last layer that begins at zero
/// (tensorflow/lucid, param/cppn.py). It can be drawn at any size.
///
/// Contrast alone raises a score, and these few weights reach any contrast, so that flat areas of black and white come out. With
/// bounds the values' root mean square stays below them, and the score has to come from shapes.
public struct PatternNetwork: Canvas {
    public static let name = "cppn"
    public static let help = "a small network from a pixel's place to its colour"
    public static let traits: CanvasTraits = [.anySize, .spectrumBound]
    public static let usualBound: SpectrumLimits? = .standard
    /// A pixel's place, and every layer's sums and activations.
    public static let scratchPerPixel = 3 * hidden * (depth + 1)

    /// Weights move in smaller steps than frequencies: Lucid's rate for CPPNs.
    public static func defaultLearningRate(of optimizer: OptimizerChoice) -> Float {
        optimizer.rule == Adam.self ? 0.005 : optimizer.defaultLearningRate
    }

    /// Shape of the picture.
    public let shape: Shape
    private let layers: [Layer]
    private let bounds: [Float]?  // by channel

    private static let (hidden, depth) = (24, 8)
    /// Coordinates have a standard deviation of about 1: an even spread within ±√3.
    private static let reach = 3.0.squareRoot()

    /// One 1×1 layer: weights `[outputs, inputs]`, then biases, at `start` in the parameters.
    private struct Layer {
        let inputs: Int
        let outputs: Int
        let start: Int
        var count: Int { outputs * (inputs + 1) }
    }

    /// - Parameter bounds: the most that each channel's root mean square may be; infinite for no bound.
    public init(channels: Int = 3, height: Int, width: Int, bounds: [Float]? = nil) {
        shape = Shape(channels, height, width)
        self.bounds = bounds
        var layers: [Layer] = []
        var inputs = 2
        for layer in 0...Self.depth {
            let outputs = layer == Self.depth ? channels : Self.hidden
            layers.append(Layer(inputs: inputs, outputs: outputs, start: layers.last.map { $0.start + $0.count } ?? 0))
            inputs = 2 * Self.hidden
        }
        self.layers = layers
    }

    /// Takes the extents and the bound, here of each channel's root mean square.
    public init(_ settings: CanvasSettings) {
        self.init(channels: settings.channels, height: settings.height, width: settings.width, bounds: settings.spectrumBound)
    }

    /// Weights from N(0, 1/inputs), biases 0, the last layer 0.
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        var parameters: [Float] = []
        for layer in layers.dropLast() {
            let deviation = (1 / Float(layer.inputs)).squareRoot()
            parameters += generator.normal(count: layer.inputs * layer.outputs, standardDeviation: deviation)
            parameters += [Float](repeating: 0, count: layer.outputs)
        }
        parameters += [Float](repeating: 0, count: layers.last!.count)
        return Tensor(Shape(1, 1, parameters.count), parameters)
    }

    /// The places of some pixels, counted row by row: x, then y; the shorter side is as dense as the longer.
    ///
    /// - Parameter extents: the result's, `[2, height, width]`.
    private func coordinates(_ positions: Range<Int>, _ extents: Shape) -> Tensor {
        var places = Tensor(uninitialized: extents)
        let longer = Double(max(shape.height, shape.width, 2) - 1)
        func coordinate(_ index: Int, _ extent: Int) -> Float {
            Float((2 * Double(index) - Double(extent - 1)) / longer * Self.reach)
        }
        places.withMutableElements { places in
            for (place, position) in positions.enumerated() {
                places[place] = coordinate(position % shape.width, shape.width)
                places[positions.count + place] = coordinate(position / shape.width, shape.height)
            }
        }
        return places
    }

    public func values(from parameters: Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        var input = coordinates(0..<shape.area, Shape(2, shape.height, shape.width))
        var inputs: [Tensor] = []
        var sums: [Tensor] = []
        for layer in layers {
            inputs.append(input)
            let sum = linear(layer, parameters, input, workers)
            sums.append(sum)
            if layer.start != layers.last!.start { input = Self.activated(sum, workers) }
        }
        let bounded = bounds.map { sums.last!.bounded(by: $0) } ?? ValueAndPullback(sums.last!) { $0 }
        return ValueAndPullback(bounded.output) { [inputs, sums] gradient in
            var result = Tensor(parameters.shape)
            var gradient = bounded.pullback(gradient)
            for (index, layer) in layers.enumerated().reversed() {
                if index < layers.count - 1 {
                    gradient = Self.pulledBack(gradient, through: sums[index], activated: inputs[index + 1], workers)
                }
                gradient = linearPullback(layer, parameters, inputs[index], gradient, into: &result, workers)
            }
            return result
        }
    }

    /// Positions of a finished picture that are in the layers at once: whole pieces, so that every product is as in `values`.
    private static let positionsInStrip = 16 * positionsInPiece

    public func output(from parameters: Tensor, workers: Workers) -> Tensor {
        var output = Tensor(uninitialized: shape)
        let area = shape.area
        for start in stride(from: 0, to: area, by: Self.positionsInStrip) {
            let positions = start..<min(start + Self.positionsInStrip, area)
            var values = coordinates(positions, Shape(2, 1, positions.count))
            for layer in layers {
                values = linear(layer, parameters, values, workers)
                if layer.start != layers.last!.start { values = Self.activated(values, workers) }
            }
            output.withMutableElements { output in
                values.withElements { values in
                    for channel in 0..<shape.channels {
                        (output.baseAddress! + channel * area + start).update(
                            from: values.baseAddress! + channel * positions.count, count: positions.count)
                    }
                }
            }
        }
        return output
    }

    /// Steps of gradient descent towards given values.
    private static let fittingSteps = 400
    private static let fittingRate: Float = 0.01

    /// Fitted by gradient descent. It asks before each step whether it is interrupted.
    public func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor? {
        var generator = RandomGenerator(seed: 0)
        var parameters = [initial(using: &generator)]
        var adam = Adam(learningRate: Self.fittingRate)
        for step in 0..<Self.fittingSteps {
            if isInterrupted() { return nil }
            let drawn = self.values(from: parameters[0], workers: workers)
            var difference = values
            difference.add(drawn.output, scaledBy: -1)
            adam.update(
                &parameters, along: [drawn.pullback(difference)],
                learningRateFactor: Schedule.cosine.learningRateFactor(step: step, of: Self.fittingSteps), workers: workers)
        }
        return parameters[0]
    }

    /// Positions that one task takes: fixed, so that no sum depends on the number of threads.
    private static let positionsInPiece = 4096

    private func eachPiece(of area: Int, _ workers: Workers, _ body: (_ piece: Int, _ positions: Range<Int>) -> Void) {
        workers.forEach((area + Self.positionsInPiece - 1) / Self.positionsInPiece) { piece in
            body(piece, piece * Self.positionsInPiece..<min((piece + 1) * Self.positionsInPiece, area))
        }
    }

    private func linear(_ layer: Layer, _ parameters: Tensor, _ input: Tensor, _ workers: Workers) -> Tensor {
        let area = input.shape.area
        var output = Tensor(uninitialized: Shape(layer.outputs, input.shape.height, input.shape.width))
        output.withMutableElements { output in
            input.withElements { input in
                parameters.withElements { parameters in
                    let (output, input) = (output.baseAddress!, input.baseAddress!)
                    let weights = parameters.baseAddress! + layer.start
                    let biases = weights + layer.inputs * layer.outputs
                    eachPiece(of: area, workers) { _, positions in
                        for channel in 0..<layer.outputs {
                            (output + channel * area + positions.lowerBound).update(repeating: biases[channel], count: positions.count)
                        }
                        multiply(
                            Matrix(weights, rows: layer.outputs, columns: layer.inputs),
                            Matrix(input + positions.lowerBound, rows: layer.inputs, columns: positions.count, stride: area),
                            into: output + positions.lowerBound, resultStride: area, accumulating: true)
                    }
                }
            }
        }
        return output
    }

    /// The gradient at the input; those at weights and biases are written into `result`.
    private func linearPullback(
        _ layer: Layer, _ parameters: Tensor, _ input: Tensor, _ gradient: Tensor, into result: inout Tensor,
        _ workers: Workers
    ) -> Tensor {
        let area = shape.area
        let pieces = (area + Self.positionsInPiece - 1) / Self.positionsInPiece
        var back = Tensor(uninitialized: input.shape)
        // A piece's share of the weights' gradient each, added up in order.
        var shares = Tensor(Shape(pieces, 1, layer.count))
        back.withMutableElements { back in
            shares.withMutableElements { shares in
                gradient.withElements { gradient in
                    input.withElements { input in
                        parameters.withElements { parameters in
                            let (back, shares, gradient, input) = (
                                back.baseAddress!, shares.baseAddress!, gradient.baseAddress!, input.baseAddress!
                            )
                            let weights = parameters.baseAddress! + layer.start
                            eachPiece(of: area, workers) { piece, positions in
                                let first = positions.lowerBound
                                let seed = Matrix(gradient + first, rows: layer.outputs, columns: positions.count, stride: area)
                                multiply(
                                    Matrix(weights, rows: layer.inputs, columns: layer.outputs, transposed: true), seed,
                                    into: back + first, resultStride: area)
                                let share = shares + piece * layer.count
                                multiply(
                                    seed,
                                    Matrix(input + first, rows: positions.count, columns: layer.inputs, stride: area, transposed: true),
                                    into: share, resultStride: layer.inputs)
                                for channel in 0..<layer.outputs {
                                    var sum: Float = 0
                                    for i in positions { sum += gradient[channel * area + i] }
                                    share[layer.inputs * layer.outputs + channel] = sum
                                }
                            }
                        }
                    }
                }
            }
        }
        result.withMutableElements { result in
            shares.withElements { shares in
                for piece in 0..<pieces {
                    addScaled(
                        shares.baseAddress! + piece * layer.count, to: result.baseAddress! + layer.start, count: layer.count,
                        by: 1)
                }
            }
        }
        return back
    }

    /// atan(x)/0.67 and atan(x)²/0.6, one after the other: Lucid's composite activation, whose parts have a deviation of
    /// about 1 for normal x.
    private static func activated(_ sums: Tensor, _ workers: Workers) -> Tensor {
        let count = sums.shape.count
        var result = Tensor(uninitialized: Shape(2 * sums.shape.channels, sums.shape.height, sums.shape.width))
        result.withMutableElements { result in
            sums.withElements { sums in
                let (result, sums) = (result.baseAddress!, sums.baseAddress!)
                workers.forEach((count + positionsInPiece - 1) / positionsInPiece) { piece in
                    for i in piece * positionsInPiece..<min((piece + 1) * positionsInPiece, count) {
                        let angle = atanf(sums[i])
                        result[i] = angle / 0.67
                        result[count + i] = angle * angle / 0.6
                    }
                }
            }
        }
        return result
    }

    /// - Parameter activations: what `activated` made of the sums, so that no angle is computed twice.
    private static func pulledBack(
        _ gradient: Tensor, through sums: Tensor, activated activations: Tensor, _ workers: Workers
    ) -> Tensor {
        let count = sums.shape.count
        var result = Tensor(uninitialized: sums.shape)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                sums.withElements { sums in
                    activations.withElements { activations in
                        let (result, gradient) = (result.baseAddress!, gradient.baseAddress!)
                        let (sums, activations) = (sums.baseAddress!, activations.baseAddress!)
                        workers.forEach((count + positionsInPiece - 1) / positionsInPiece) { piece in
                            for i in piece * positionsInPiece..<min((piece + 1) * positionsInPiece, count) {
                                let angle = 0.67 * activations[i]
                                let slope = 1 / (1 + sums[i] * sums[i])
                                result[i] = slope * (gradient[i] / 0.67 + gradient[count + i] * 2 * angle / 0.6)
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
