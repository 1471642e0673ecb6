import Networks
import Tensors
import TestSupport
import Testing

/// Single layers against PyTorch, whole: the cases of scripts/goldens/layer_gradients.py.
@Suite struct LayerCaseTests {
    struct Case: Decodable {
        let kind: String
        let input_shape: [Int]?
        let input_shapes: [[Int]]?
        let weight_shape: [Int]?
        let kernel: [Int]?
        let stride: [Int]?
        let padding: [Int]?
        let dilation: [Int]?
        let groups: Int?
        let ceil_mode: Bool?
        let count_include_pad: Bool?
        let output_shape: [Int]
    }

    /// Vectors are channels, as everywhere in this program.
    private func shape(_ extents: [Int]) -> Shape {
        extents.count == 3 ? Shape(extents[0], extents[1], extents[2]) : Shape(extents[0], 1, 1)
    }

    private func window(_ item: Case, kernel: [Int]) -> Window {
        let (stride, padding, dilation) = (item.stride ?? [1, 1], item.padding ?? [0, 0], item.dilation ?? [1, 1])
        return Window(
            kernel: (kernel[0], kernel[1]), stride: (stride[0], stride[1]), padding: (padding[0], padding[1]),
            dilation: (dilation[0], dilation[1]))
    }

    private func layer(_ name: String, _ item: Case) throws -> any Layer {
        func parameter(_ what: String, _ shape: [Int]) -> Parameter {
            Parameter(what, shape: shape, values: IntegerHash.values("case/\(name)/\(what)", shape.reduce(1, *)))
        }
        switch item.kind {
        case "convolution":
            let weights = item.weight_shape!
            return Convolution(
                inputChannels: item.input_shape![0], filters: weights[0],
                window: window(item, kernel: [weights[2], weights[3]]), groups: item.groups ?? 1,
                weights: parameter("weight", weights), biases: parameter("bias", [weights[0]]))
        case "max_pool", "max_pool_average_gradient":
            return MaxPooling(window: window(item, kernel: item.kernel!), ceiling: item.ceil_mode ?? false)
        case "average_pool":
            return AveragePooling(
                window: window(item, kernel: item.kernel!), ceiling: item.ceil_mode ?? false,
                countsPadding: item.count_include_pad ?? true)
        case "adaptive_average_pool": return AdaptiveAveragePooling(height: item.output_shape[1], width: item.output_shape[2])
        case "linear":
            let weights = item.weight_shape!
            return Linear(
                inputs: weights[1], outputs: weights[0], weights: parameter("weight", weights),
                biases: parameter("bias", [weights[0]]))
        case "softmax": return Softmax()
        case "concatenation": return Concatenation()
        default: throw WeightsError(file: name, reason: "unknown kind \(item.kind)")
        }
    }

    @Test func everyCaseAgrees() throws {
        let golden = try Golden("layer_gradients")
        let cases = try golden.metadata("cases", as: [String: Case].self)
        #expect(cases.count >= 15)
        for (name, item) in cases {
            let description = try layer(name, item)
            let layer = try description.prepared(for: Preparation())
            let shapes = (item.input_shapes ?? [item.input_shape!]).map(shape)
            let suffixes = shapes.count == 1 ? [""] : shapes.indices.map { ".\($0)" }
            let inputs = zip(shapes, suffixes).map { IntegerHash.tensor("case/\(name)/input\($1)", $0) }
            #expect(try description.outputShape(for: shapes) == shape(item.output_shape), "\(name)")
            let poolGradient = item.kind == "max_pool_average_gradient" ? PoolGradient.average : .winner
            let step = layer(inputs, Pass(workers: Workers(2), poolGradient: poolGradient))
            #expect(relativeError(step.output.elements, try golden.values("case/\(name)/output")) < 1e-6, "\(name)")
            let gradients = step.pullback(IntegerHash.tensor("case/\(name)/gradient", step.output.shape))
            for (gradient, suffix) in zip(gradients, suffixes) {
                let error = relativeError(gradient.elements, try golden.values("case/\(name)/input_gradient\(suffix)"))
                #expect(error < 1e-6, "\(name)\(suffix): \(error)")
            }
        }
    }
}

/// ⟨gradient, direction⟩ is the slope of the output along the direction, for every layer. A new layer adds one line.
@Suite struct DirectionalDerivativeTests {
    static let layers: [(name: String, layer: any Layer, inputs: [Shape])] = [
        ("convolution", convolution(Window(kernel: 3, stride: 2, padding: 1)), [Shape(8, 9, 10)]),
        ("convolution, Winograd", convolution(Window(kernel: 3, padding: 1)), [Shape(8, 9, 10)]),
        ("convolution, Winograd without padding", convolution(Window(kernel: 3)), [Shape(8, 11, 7)]),
        ("convolution, Winograd with wide padding", convolution(Window(kernel: 3, padding: 2)), [Shape(8, 6, 7)]),
        ("convolution, pointwise", convolution(Window(kernel: 1)), [Shape(8, 5, 6)]),
        ("rectified convolution", rectified(convolution(Window(kernel: 3, padding: 1))), [Shape(8, 9, 10)]),
        ("ReLU", ReLU(), [Shape(3, 5, 6)]),
        ("max pooling", MaxPooling(window: Window(kernel: 3, stride: 2), ceiling: true), [Shape(3, 8, 9)]),
        ("average pooling", AveragePooling(window: Window(kernel: 3, stride: 2, padding: 1)), [Shape(3, 8, 9)]),
        ("average pooling beyond the edge", AveragePooling(window: Window(kernel: 4, stride: 3, padding: 2), ceiling: true, countsPadding: false), [Shape(3, 5, 8)]),
        ("adaptive pooling", AdaptiveAveragePooling(height: 2, width: 3), [Shape(3, 5, 7)]),
        ("concatenation", Concatenation(), [Shape(2, 3, 4), Shape(3, 3, 4)]),
        ("linear", Linear(inputs: 24, outputs: 5, weights: parameter([5, 24]), biases: parameter([5])), [Shape(24, 2, 3)]),
        ("softmax", Softmax(), [Shape(5, 2, 3)]),
        ("identity", Identity(), [Shape(2, 3, 4)]),
        ("flatten", Flatten(), [Shape(2, 3, 4)]),
        ("batch normalization", normalization(), [Shape(5, 4, 3)]),
        ("rectified batch normalization", rectified(normalization()), [Shape(5, 4, 3)]),
        ("addition", Addition(), [Shape(3, 4, 5), Shape(3, 4, 5)]),
        ("rectified addition", rectified(Addition()), [Shape(3, 4, 5), Shape(3, 4, 5)]),
        ("multiplication", Multiplication(), [Shape(6, 1, 1), Shape(6, 4, 5)]),
        ("layer scale", LayerScale(factors: parameter([6, 1, 1])), [Shape(6, 4, 5)]),
        ("channel affine", ChannelAffine(scales: [2, -1, 0.5], shifts: [1, 2, 3]), [Shape(3, 4, 5)]),
        ("ReLU6", scaled(by: 8, ReLU6()), [Shape(3, 5, 6)]),
        ("sigmoid", scaled(by: 8, Nonlinearity(.sigmoid)), [Shape(3, 5, 6)]),
        ("hard sigmoid", scaled(by: 8, Nonlinearity(.hardSigmoid)), [Shape(3, 5, 6)]),
        ("SiLU", scaled(by: 8, Nonlinearity(.silu)), [Shape(3, 5, 6)]),
        ("hard swish", scaled(by: 8, Nonlinearity(.hardSwish)), [Shape(3, 5, 6)]),
        ("GELU", scaled(by: 4, Nonlinearity(.gelu)), [Shape(3, 5, 6)]),
        ("channel slice", ChannelChoice([2, 3], of: 5), [Shape(5, 3, 4)]),
        ("channel shuffle", ChannelChoice.shuffle(groups: 3, channels: 6), [Shape(6, 3, 4)]),
        ("padding", Padding(top: 1, bottom: 2, left: 3, right: 0), [Shape(3, 4, 5)]),
        ("local response normalization", LocalResponseNormalization(size: 5, alpha: 2, offset: 1), [Shape(7, 3, 4)]),
        (
            "layer normalization", LayerNormalization(epsilon: 1e-6, weights: parameter([21]), biases: parameter([21])),
            [Shape(21, 3, 4)]
        ),
        ("self-attention", attention, [Shape(8, 7, 1)]),
        ("attention probabilities", attention.divided.probabilities, [Shape(8, 7, 1)]),
        ("attention with its probabilities given", attention.divided.mixture, [Shape(8, 7, 1), Shape(2, 7, 7)]),
        ("attention in windows", windowAttention(side: 3, shift: 0), [Shape(8, 6, 3)]),
        ("attention in shifted windows over the edge", windowAttention(side: 3, shift: 1), [Shape(8, 5, 7)]),
        ("attention in windows shifted along one axis", windowAttention(side: 3, shift: 1), [Shape(8, 2, 6)]),
        ("patch merging", PatchMerging(), [Shape(3, 5, 4)]),
        ("class token", ClassToken(token: parameter([1, 1, 6])), [Shape(6, 2, 3)]),
        ("position embedding", PositionEmbedding(embedding: parameter([1, 5, 6])), [Shape(6, 5, 1)]),
        ("first position", FirstPosition(), [Shape(6, 5, 1)]),
        ("reinterpretation", Reinterpretation(from: Shape(6, 5, 2), to: Shape(4, 3, 5)), [Shape(6, 5, 2)]),
        ("gather", gather(), [Shape(3, 2, 4)]),
        ("sum of two", Arithmetic(.add), [Shape(3, 4, 5), Shape(1, 4, 1)]),
        ("difference", Arithmetic(.subtract), [Shape(1, 4, 5), Shape(3, 1, 5)]),
        ("product", Arithmetic(.multiply), [Shape(3, 4, 5), Shape(3, 4, 5)]),
        ("quotient by a constant", Arithmetic(.divide, constant: away(12), shape: Shape(3, 4, 1)), [Shape(3, 4, 5)]),
        ("constant over a quotient", scaled(by: 0.2, shifted(by: 2, Arithmetic(.divide, constant: away(3), shape: Shape(3, 1, 1), constantIsFirst: true))), [Shape(3, 4, 5)]),
        ("maximum", Arithmetic(.maximum), [Shape(3, 4, 5), Shape(3, 4, 5)]),
        ("leaky ReLU", Nonlinearity(.leakyReLU(slope: 0.2)), [Shape(3, 4, 5)]),
        ("tanh", Nonlinearity(.tanh), [Shape(3, 4, 5)]),
        ("GELU by tanh", scaled(by: 3, Nonlinearity(.geluTanh)), [Shape(3, 4, 5)]),
        ("ELU", Nonlinearity(.elu(scale: 1.5, gain: 2)), [Shape(3, 4, 5)]),
        ("parametric ReLU", ParametricReLU(slopes: parameter([3])), [Shape(3, 4, 5)]),
        ("matrix product", matrixProduct(), [Shape(4, 3, 5), Shape(2, 1, 4)]),
        ("mean of channels", Reduction(.mean), [Shape(5, 3, 4)]),
        ("length of channels", Reduction(.length), [Shape(5, 3, 4)]),
        ("largest channel", Reduction(.maximum), [Shape(5, 3, 4)]),
        ("product of channels", Reduction(.product), [Shape(5, 3, 4)]),
        ("logarithm of a sum of exponentials", Reduction(.logSumExp), [Shape(5, 3, 4)]),
        ("cumulative sum", CumulativeSum(isExclusive: true, isReversed: true), [Shape(5, 3, 4)]),
        ("selection", Selection(where: .constant(parameter([60])), .input, else: .input), [Shape(3, 4, 5), Shape(3, 4, 5)]),
        (
            "product with a constant", HeldInput(Arithmetic(.multiply), place: 0, parameter([60]), shape: Shape(3, 4, 5)),
            [Shape(3, 4, 5)]
        ),
        ("Mish", Nonlinearity(.mish), [Shape(3, 4, 5)]),
        ("wide max pooling", MaxPooling(window: Window(kernel: 17, stride: 3, padding: 8)), [Shape(3, 12, 11)]),
        ("global max pooling", GlobalMaxPooling(), [Shape(5, 3, 4)]),
        (
            "concatenation of blocks",
            BlockConcatenation([.input(Shape(3, 2, 4)), .constant(parameter([6])), .input(Shape(3, 1, 4))], outer: 1, output: Shape(3, 1, 14)),
            [Shape(3, 2, 4), Shape(3, 1, 4)]
        ),
        ("instance normalization", InstanceNormalization(epsilon: 1e-2, weights: parameter([5]), biases: parameter([5])), [Shape(5, 4, 6)]),
        (
            "transposed convolution",
            TransposedConvolution(
                window: Window(kernel: 3, stride: 2, padding: 1), extra: (1, 0), weights: parameter([6, 5, 3, 3]), biases: parameter([5])),
            [Shape(6, 4, 5)]
        ),
        ("depth to space", DepthToSpace(side: 2, isDepthFirst: true), [Shape(8, 3, 4)]),
        (
            "resampling",
            SpatialResampling(
                rows: .scale(1.5, .init(.linear, .halfPixel)),
                columns: .resize(from: 5, to: 8, .init(.cubic(-0.75, excludesOutside: true), .alignCorners))), [Shape(3, 4, 5)]
        ),
        ("reflection and trim", SpatialResampling(rows: .reflect(before: 2, after: 1), columns: .trim(before: 1, after: 0, step: 2)), [Shape(3, 4, 5)]),
        ("repeated edges", SpatialResampling(rows: .edge(before: 1, after: 2), columns: .keep), [Shape(3, 4, 5)]),
        ("composition", Composition([ReLU(), Softmax(), Reinterpretation(from: Shape(3, 4, 5), to: Shape(5, 4, 3))]), [Shape(3, 4, 5)]),
        ("response normalization of any exponent", LocalResponseNormalization(size: 4, alpha: 2, offset: 1, exponent: 0.75), [Shape(7, 3, 4)]),
        ("padding as TensorFlow has it", Padding(.same(Window(kernel: 4, stride: 3), upper: false), value: 0.5), [Shape(3, 4, 5)]),
        ("average pooling with uneven padding", AveragePooling(window: Window(kernel: 3, stride: 2), countsPadding: false, after: (1, 2)), [Shape(3, 6, 5)]),
    ]

    private static func parameter(_ shape: [Int]) -> Parameter {
        Parameter("weight", shape: shape, values: IntegerHash.values("weight", shape.reduce(1, *)))
    }

    private static let attention = SelfAttention(
        channels: 8, heads: 2, inputWeights: parameter([24, 8]), inputBiases: parameter([24]), outputWeights: parameter([8, 8]),
        outputBiases: parameter([8]))

    private static func normalization() -> BatchNormalization {
        BatchNormalization(
            channels: 5, weights: parameter([5]), biases: parameter([5]), means: parameter([5]),
            variances: Parameter("variance", shape: [5], values: [0.5, 1, 2, 0.1, 3]))
    }

    /// Values from 2 to 4, to divide by.
    private static func away(_ count: Int) -> Parameter {
        Parameter("divisors", shape: [count], values: IntegerHash.values("divisors", count).map { 3 + $0 })
    }

    private static func gather() -> Gather {
        Gather(from: Shape(3, 2, 4), to: Shape(2, 3, 4), places: (0..<24).map { $0 % 5 == 0 ? -1 : ($0 * 7 + $0 / 12) % 24 }, fill: 0.5)
    }

    private static func windowAttention(side: Int, shift: Int) -> WindowAttention {
        WindowAttention(
            channels: 8, heads: 2, side: side, shift: shift, inputWeights: parameter([24, 8]), inputBiases: parameter([24]),
            outputWeights: parameter([8, 8]), outputBiases: parameter([8]),
            positionBiases: parameter([(2 * side - 1) * (2 * side - 1), 2]))
    }

    /// Two products of 2×3 and 3×4 read as it lies, and of one 4×2 for both read across.
    private static func matrixProduct() -> MatrixProduct {
        MatrixProduct(
            MatrixProduct.Operand(shape: Shape(4, 3, 5), offsets: [0, 20], stride: 4, isTransposed: false),
            MatrixProduct.Operand(shape: Shape(2, 1, 4), offsets: [0, 0], stride: 2, isTransposed: false),
            rows: 3, depth: 4, columns: 2, output: Shape(2, 2, 3))
    }

    /// A layer that sees its input plus a number.
    private static func shifted(by shift: Float, _ layer: any Layer) -> any Layer { Moved(layer: layer, scale: 1, shift: shift) }

    /// A layer whose kinks lie beyond the points' −1…1.
    private static func scaled(by scale: Float, _ layer: any Layer) -> any Layer { Moved(layer: layer, scale: scale, shift: 0) }

    /// A layer that sees its input scaled and shifted.
    private struct Moved: Layer {
        let layer: any Layer
        let scale: Float
        let shift: Float

        func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try layer.outputShape(for: inputs) }

        func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
            Prepared(layer: try layer.prepared(for: preparation), scale: scale, shift: shift)
        }

        private struct Prepared: PreparedLayer {
            let layer: any PreparedLayer
            let scale: Float
            let shift: Float

            func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
                func moved(_ map: FeatureMap, by shift: Float) -> FeatureMap {
                    let channels = map.shape.channels
                    return map.scaled(
                        by: [Float](repeating: scale, count: channels), shiftedBy: [Float](repeating: shift, count: channels),
                        workers: pass.workers)
                }
                let result = layer(inputs.map { moved($0, by: shift) }, pass)
                return LayerResult(result.output) { gradient in result.pullback(gradient).map { moved($0, by: 0) } }
            }
        }
    }

    private static func rectified(_ layer: BatchNormalization) -> BatchNormalization {
        var copy = layer
        copy.rectifies = true
        return copy
    }

    private static func rectified(_ layer: Addition) -> Addition {
        var copy = layer
        copy.rectifies = true
        return copy
    }

    private static func convolution(_ window: Window) -> Convolution {
        Convolution(
            inputChannels: 8, filters: 6, window: window,
            weights: parameter([6, 8, window.kernelHeight, window.kernelWidth]), biases: parameter([6]))
    }

    private static func rectified(_ convolution: Convolution) -> Convolution {
        var copy = convolution
        copy.rectifies = true
        return copy
    }

    @Test(arguments: layers.indices)
    func theSlopeIsTheGradient(_ index: Int) throws {
        let (name, description, shapes) = Self.layers[index]
        let layer = try description.prepared(for: Preparation())
        let pass = Pass(workers: Workers(2))
        let points = shapes.indices.map { IntegerHash.tensor("point \($0)", shapes[$0]) }
        let directions = shapes.indices.map { IntegerHash.tensor("direction \($0)", shapes[$0]) }
        let step = layer(points, pass)
        let weights = IntegerHash.tensor("weights", step.output.shape)
        func score(_ distance: Float) -> Double {
            let moved = zip(points, directions).map { point, direction in
                var point = point
                point.add(direction, scaledBy: distance)
                return point
            }
            return inner(layer(moved, pass).output.elements, weights.elements)
        }
        let gradients = step.pullback(weights)
        let predicted = zip(gradients, directions).reduce(0.0) { $0 + inner($1.0.elements, $1.1.elements) }
        // Central difference; kinks inside the step are few and small, so the tolerance holds the rest.
        let distance: Float = 1e-3
        let measured = (score(distance) - score(-distance)) / (2 * Double(distance))
        let scale = (inner(weights.elements, weights.elements)).squareRoot()
        #expect(abs(predicted - measured) < 5e-3 * (abs(measured) + scale), "\(name): \(predicted), measured \(measured)")
        #expect(gradients.map(\.shape) == shapes)
    }
}

/// ⟨Ax, y⟩ = ⟨x, Aᵀy⟩ for the layers that are linear, exactly.
@Suite struct LinearLayerTests {
    private static let linear = [
        "reinterpretation", "depth to space", "resampling", "reflection and trim", "repeated edges", "adaptive pooling",
        "average pooling with uneven padding", "channel shuffle", "padding", "mean of channels", "flatten",
    ]

    @Test(arguments: linear)
    func itMeetsItsAdjoint(_ name: String) throws {
        let (_, description, shapes) = try #require(DirectionalDerivativeTests.layers.first { $0.name == name })
        let layer = try description.prepared(for: Preparation())
        let pass = Pass(workers: Workers(2))
        let x = IntegerHash.tensor("x", shapes[0])
        let step = layer([x], pass)
        let y = IntegerHash.tensor("y", step.output.shape)
        let gap = adjointGap(x: x, y: y, { layer([$0], pass).output }, { step.pullback($0)[0] })
        #expect(gap < 1e-6, "\(name): \(gap)")
    }
}

/// The fast convolutions against the plain one (im2col and OpenBLAS), both ways, for every kind of window.
@Suite struct ConvolutionTests {
    static let windows = [
        Window(kernel: 1), Window(kernel: 1, stride: 2), Window(kernel: 3, padding: 1),
        Window(kernel: 3, stride: 2, padding: 1), Window(kernel: 3, stride: 2), Window(kernel: 3, padding: 2, dilation: 2),
        Window(kernel: 5, padding: 2), Window(kernel: 7, stride: 2, padding: 3), Window(kernel: 2, stride: 3),
        Window(kernel: (1, 7), padding: (0, 3)), Window(kernel: (3, 1), stride: (2, 1), padding: (1, 0)),
        Window(kernel: 3, padding: 3), Window(kernel: 4, stride: 2, padding: 1, dilation: 3),
    ]
    /// Input channels, filters, groups: packed with and without remainders, few filters, grouped, depthwise.
    static let widths = [(3, 16, 1), (24, 40, 1), (20, 3, 1), (17, 1, 1), (1, 5, 1), (24, 12, 4), (13, 13, 13), (32, 32, 32), (6, 12, 6)]

    @Test(arguments: windows, widths.indices)
    func theyAgree(_ window: Window, _ width: Int) throws {
        let (channels, filters, groups) = Self.widths[width]
        let count = filters * channels / groups * window.area
        let layer = Convolution(
            inputChannels: channels, filters: filters, window: window, groups: groups,
            weights: Parameter(
                "w", shape: [filters, channels / groups, window.kernelHeight, window.kernelWidth],
                values: IntegerHash.values("w", count)),
            biases: Parameter("b", shape: [filters], values: IntegerHash.values("b", filters)))
        for shape in [Shape(channels, 19, 23), Shape(channels, 12, 9)] {
            let output = try layer.outputShape(for: [shape])
            let (image, gradient) = (IntegerHash.tensor("image", shape), IntegerHash.tensor("gradient", output))
            let steps = try [ConvolutionChoice.auto, .plain].map { choice in
                let prepared = try layer.prepared(for: Preparation(convolution: choice))
                return prepared([image], Pass(workers: Workers(3)))
            }
            #expect(relativeError(steps[0].output.elements, steps[1].output.elements) < 2e-5)
            let gradients = steps.map { $0.pullback(gradient)[0].elements }
            #expect(relativeError(gradients[0], gradients[1]) < 2e-5)
        }
    }

    @Test(arguments: [Window(kernel: 1), Window(kernel: 3, padding: 1), Window(kernel: 3, stride: 2, padding: 1)], [(1, 1), (8, 1), (20, 1), (16, 16), (32, 16), (24, 4), (12, 2)])
    func rectifyingAndMaskingHappenOnTheWay(_ window: Window, _ width: (filters: Int, groups: Int)) throws {
        let (filters, groups) = width
        let shape = Shape(16, 15, 14)
        let weights = IntegerHash.values("w", filters * 16 / groups * window.area)
        let biases = IntegerHash.values("b", filters)
        let image = FeatureMap(IntegerHash.tensor("image", shape))
        let plain = ConvolutionChoice.plain.algorithm(
            weights: weights, biases: biases, inputChannels: 16, groups: groups, window: window)
        let fast = ConvolutionChoice.auto.algorithm(
            weights: weights, biases: biases, inputChannels: 16, groups: groups, window: window)
        let output = Shape(filters, window.outputHeight(15), window.outputWidth(14))
        let expected = plain.forward(image, output: output, rectifying: true, signed: false, workers: .one).planes().elements
        let rectified = fast.forward(image, output: output, rectifying: true, signed: true, workers: .one)
        let actual = rectified.planes().elements
        // The kernel found the same signs on the way as looking afterwards does.
        #expect(rectified.signs(workers: .one) == SignMap(rectified, workers: .one))
        #expect(relativeError(actual, expected) < 2e-5)
        #expect(zip(actual, expected).allSatisfy { abs($1) < 1e-3 || $0.sign == $1.sign })
        #expect(actual.contains { $0 == 0 && $0.sign == .minus })
        let gradient = FeatureMap(IntegerHash.tensor("gradient", output))
        let signs = SignMap(image, workers: .one)
        let masked = plain.backward(gradient, inputShape: shape, mask: signs, workers: .one).planes().elements
        let fastMasked = fast.backward(gradient, inputShape: shape, mask: signs, workers: .one).planes().elements
        #expect(relativeError(fastMasked, masked) < 2e-5)
        #expect(zip(fastMasked, image.planes().elements).allSatisfy { $1 > 0 || $0 == 0 })
    }
}

/// Winograd against the plain convolution, over sizes that do and do not fill its tiles.
@Suite struct WinogradTests {
    static let sizes = [
        Shape(12, 5, 5), Shape(12, 8, 12), Shape(12, 13, 9), Shape(12, 4, 4), Shape(12, 1, 3), Shape(12, 31, 70),
        Shape(12, 130, 130),
    ]

    @Test(arguments: sizes, [0, 1, 2])
    func itComputesTheSameConvolution(_ shape: Shape, _ padding: Int) throws {
        let layer = Convolution(
            inputChannels: 12, filters: 10, window: Window(kernel: 3, padding: padding),
            weights: Parameter("w", shape: [10, 12, 3, 3], values: IntegerHash.values("w", 1080)),
            biases: Parameter("b", shape: [10], values: IntegerHash.values("b", 10)))
        guard shape.height + 2 * padding >= 3, shape.width + 2 * padding >= 3 else {
            #expect(throws: (any Error).self) { try layer.outputShape(for: [shape]) }
            return
        }
        let output = try layer.outputShape(for: [shape])
        let image = IntegerHash.tensor("image", shape)
        let gradient = IntegerHash.tensor("gradient", output)
        let pass = Pass(workers: Workers(2))
        let fastLayer = try layer.prepared(for: Preparation())
        let plainLayer = try layer.prepared(for: Preparation(convolution: .plain))
        let fast = fastLayer([image], pass)
        let plain = plainLayer([image], pass)
        #expect(relativeError(fast.output.elements, plain.output.elements) < 2e-5)
        let fastGradient = fast.pullback(gradient)[0]
        let plainGradient = plain.pullback(gradient)[0]
        #expect(relativeError(fastGradient.elements, plainGradient.elements) < 2e-5)
        // The way back is the adjoint up to rounding.
        let offset = fastLayer([Tensor(shape)], pass).output
        let linear = zip(fast.output.elements, offset.elements).map { $0 - $1 }
        let weights = gradient.elements
        let gap = inner(linear, weights) - inner(image.elements, fastGradient.elements)
        #expect(abs(gap) < 1e-5 * (inner(linear, linear) * inner(weights, weights)).squareRoot())
    }

    @Test(arguments: [ConvolutionChoice.auto, .plain], [1, 2])
    func theBitsDoNotDependOnTheThreads(_ choice: ConvolutionChoice, _ dilation: Int) throws {
        let layer = try Convolution(
            inputChannels: 16, filters: 24, window: Window(kernel: 3, padding: dilation, dilation: dilation),
            weights: Parameter("w", shape: [24, 16, 3, 3], values: IntegerHash.values("w", 3456)),
            biases: nil
        ).prepared(for: Preparation(convolution: choice))
        let image = IntegerHash.tensor("image", Shape(16, 250, 131))
        let gradient = IntegerHash.tensor("gradient", Shape(24, 250, 131))
        let results = [1, 2, 5].map { threads in
            let step = layer([image], Pass(workers: Workers(threads)))
            return [step.output.elements, step.pullback(gradient)[0].elements]
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }
}
