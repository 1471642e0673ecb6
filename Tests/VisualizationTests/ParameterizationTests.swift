import Tensors
import TestSupport
import Testing
import Visualization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

private let workers = Workers(2)

/// One picture through a canvas and a colour map, with the way back.
private func drawn(_ canvas: some Canvas, _ colour: ColourMap, _ parameters: Tensor) -> (picture: Tensor, pullback: (Tensor) -> Tensor) {
    let drawn = Parameterization(canvas, colour: colour).pictures(from: [parameters], workers: workers)
    return (drawn.output[0], { drawn.pullback([$0])[0] })
}

/// Real and imaginary parts side by side, as FFTW wants them.
private func interleaved(_ real: [Float], _ imaginary: [Float]) -> [Float] { zip(real, imaginary).flatMap { [$0, $1] } }

private func shape(_ canvas: some Canvas) -> Shape {
    var generator = RandomGenerator(seed: 0)
    return canvas.initial(using: &generator).shape
}

/// Canvases and colours against NumPy and PyTorch: scripts/goldens/fourier_image.py and canvases.py.
@Suite struct ParameterizationTests {
    @Test(arguments: [(8, 8), (7, 9), (8, 5), (5, 12)])
    func theFourierImageIsLucids(_ height: Int, _ width: Int) throws {
        let golden = try Golden("fourier_image")
        let name = "\(height)x\(width)"
        let image = FourierImage(height: height, width: width)
        // The golden has real and imaginary parts apart, [2, 3, height, frequencies].
        func interleavedHalves(_ values: [Float]) -> [Float] {
            interleaved(Array(values[..<(values.count / 2)]), Array(values[(values.count / 2)...]))
        }
        let shape = shape(image)
        let parameters = Tensor(shape, interleavedHalves(IntegerHash.values("spectrum-\(name)", shape.count, scale: 0.01)))
        let values = image.values(from: parameters, workers: workers).output
        #expect(relativeError(values.elements, try golden.values("\(name)/image")) < 2e-6)
        let (picture, pullback) = drawn(image, ColourMap(), parameters)
        #expect(relativeError(picture.elements, try golden.values("\(name)/rgb")) < 1e-6)
        let gradient = pullback(IntegerHash.tensor("fourier-gradient-\(name)", Shape(3, height, width)))
        #expect(relativeError(gradient.elements, interleavedHalves(try golden.values("\(name)/parameter_gradient"))) < 5e-6)
    }

    @Test(arguments: [(Shape(1, 6, 5), 1.5), (Shape(4, 7, 8), 1)] as [(Shape, Float)])
    func fourierImagesOfOtherChannels(_ extents: Shape, _ power: Float) throws {
        let golden = try Golden("canvases")
        let name = "fourier-\(extents.channels)x\(extents.height)x\(extents.width)"
        let image = FourierImage(
            channels: extents.channels, height: extents.height, width: extents.width, decayPower: power, plainDecay: true)
        let shape = shape(image)
        func part(_ part: String) -> [Float] { IntegerHash.values("\(name)/\(part)", shape.count / 2, scale: 0.01) }
        let parameters = Tensor(shape, interleaved(part("real"), part("imaginary")))
        let values = image.values(from: parameters, workers: workers).output
        #expect(relativeError(values.elements, try golden.values("\(name)/values")) < 2e-6)
        let (picture, pullback) = drawn(image, ColourMap(channels: min(extents.channels, 3)), parameters)
        #expect(relativeError(picture.elements, try golden.values("\(name)/rgb")) < 1e-6)
        let gradient = pullback(IntegerHash.tensor("\(name)/gradient", extents))
        let expected = interleaved(try golden.values("\(name)/real_gradient"), try golden.values("\(name)/imaginary_gradient"))
        #expect(relativeError(gradient.elements, expected) < 5e-6)
    }

    @Test func thePixelImageIsColouredAlike() throws {
        let golden = try Golden("fourier_image")
        let (picture, pullback) = drawn(PixelImage(height: 6, width: 7), ColourMap(), IntegerHash.tensor("pixel", Shape(3, 6, 7)))
        #expect(relativeError(picture.elements, try golden.values("pixel/rgb")) < 1e-6)
        let gradient = pullback(IntegerHash.tensor("pixel-gradient", Shape(3, 6, 7)))
        #expect(relativeError(gradient.elements, try golden.values("pixel/parameter_gradient")) < 2e-6)
    }

    @Test(arguments: [
        ("colour-2", ColourMap(channels: 1)), ("colour-4", ColourMap()), ("colour-4-correlated", ColourMap(decorrelated: false)),
    ])
    func anOpacityPassesTheSigmoidAlone(_ name: String, _ colour: ColourMap) throws {
        let golden = try Golden("canvases")
        let shape = Shape(colour.channels + 1, 5, 4)
        let mapping = colour(IntegerHash.tensor(name, shape), workers: workers)
        #expect(relativeError(mapping.output.elements, try golden.values("\(name)/rgb")) < 1e-6)
        let gradient = mapping.pullback(IntegerHash.tensor("\(name)/gradient", shape))
        #expect(relativeError(gradient.elements, try golden.values("\(name)/parameter_gradient")) < 2e-6)
    }

    @Test(arguments: [(16, 12), (9, 5)])
    func theLaplacianPyramidIsTorchs(_ height: Int, _ width: Int) throws {
        let golden = try Golden("canvases")
        let name = "laplacian-\(height)x\(width)"
        let pyramid = LaplacianPyramid(height: height, width: width)
        let mapping = pyramid.values(from: IntegerHash.tensor("\(name)/parameters", shape(pyramid)), workers: workers)
        #expect(relativeError(mapping.output.elements, try golden.values("\(name)/values")) < 1e-6)
        let gradient = mapping.pullback(IntegerHash.tensor("\(name)/gradient", Shape(3, height, width)))
        #expect(relativeError(gradient.elements, try golden.values("\(name)/parameter_gradient")) < 1e-6)
    }

    @Test(arguments: [(7, 9), (66, 70)])
    func thePatternNetworkIsTorchs(_ height: Int, _ width: Int) throws {
        let golden = try Golden("canvases")
        let name = "cppn-\(height)x\(width)"
        let canvas = PatternNetwork(height: height, width: width)
        var parameters: [Float] = []
        for layer in 0..<9 {
            let (inputs, outputs) = (layer == 0 ? 2 : 48, layer == 8 ? 3 : 24)
            let scale = (3 / Float(inputs)).squareRoot()
            parameters += IntegerHash.values("\(name)/weights.\(layer)", inputs * outputs, scale: scale)
            parameters += IntegerHash.values("\(name)/biases.\(layer)", outputs, scale: 0.5)
        }
        let mapping = canvas.values(from: Tensor(shape(canvas), parameters), workers: workers)
        #expect(canvas.output(from: Tensor(shape(canvas), parameters), workers: workers).elements == mapping.output.elements)
        func sample(_ values: [Float], _ what: String, _ count: Int) -> [Float] {
            (0..<count).map { values[IntegerHash.position("\(name)/\(what)", $0, of: values.count)] }
        }
        let (values, expected) = (mapping.output.elements, try golden.values("\(name)/values"))
        // Nine layers of rounding.
        #expect(relativeError(values.count == expected.count ? values : sample(values, "values", 64), expected) < 1e-5)
        let gradient = mapping.pullback(IntegerHash.tensor("\(name)/gradient", Shape(3, height, width))).elements
        #expect(relativeError(Array(gradient.prefix(72)), try golden.values("\(name)/first")) < 1e-5)
        #expect(relativeError(Array(gradient.suffix(147)), try golden.values("\(name)/last")) < 1e-5)
        #expect(relativeError(sample(gradient, "gradient_sample", 256), try golden.values("\(name)/gradient_sample")) < 1e-5)
    }

    /// A finished picture is drawn in strips, which have 65536 pixels; the second has a part of a piece.
    @Test func stripsOfThePatternNetworkAreTheWhole() {
        let canvas = PatternNetwork(height: 260, width: 300)
        var generator = RandomGenerator(seed: 3)
        let start = canvas.initial(using: &generator)
        let parameters = Tensor(start.shape, generator.normal(count: start.shape.count, standardDeviation: 0.3))
        #expect(canvas.output(from: parameters, workers: workers).elements == canvas.values(from: parameters, workers: .one).output.elements)
    }

    @Test(arguments: [
        ("maco-8x10", 8, 10, .natural), ("maco-7x9", 7, 9, .natural), ("maco-rings", 6, 8, MagnitudeSpectrum(rings: [5, 3, 1, 0.5, 0.1])),
    ] as [(String, Int, Int, MagnitudeSpectrum)])
    func theFixedMagnitudesAreTorchs(_ name: String, _ height: Int, _ width: Int, _ spectrum: MagnitudeSpectrum) throws {
        let golden = try Golden("canvases")
        let canvas = FixedMagnitudeImage(height: height, width: width, spectrum: spectrum)
        var phases = IntegerHash.tensor("\(name)/phases", shape(canvas))
        phases.scale(by: 2)
        let mapping = canvas.values(from: phases, workers: workers)
        #expect(relativeError(mapping.output.elements, try golden.values("\(name)/values")) < 5e-6)
        let gradient = mapping.pullback(IntegerHash.tensor("\(name)/gradient", Shape(3, height, width)))
        #expect(relativeError(gradient.elements, try golden.values("\(name)/parameter_gradient")) < 5e-6)
    }

    /// Whatever the phases, the spectrum's magnitudes are the fixed ones, times one number. The columns 0 and Nyquist stand
    /// for their own conjugates: there a real picture has other magnitudes.
    @Test(arguments: [(24, 32), (15, 20)])
    func magnitudesStayFixed(_ height: Int, _ width: Int) {
        let canvas = FixedMagnitudeImage(height: height, width: width)
        var generator = RandomGenerator(seed: 3)
        let values = canvas.values(from: canvas.initial(using: &generator), workers: workers).output
        let transform = FourierTransform(height: height, width: width)
        let spectra = transform.inverseAdjoint(values, workers: workers)
        var ratios: [Double] = []
        for channel in 0..<3 {
            for y in 0..<height {
                for x in 1..<transform.frequencies - 1 {
                    let magnitude = hypot(Double(spectra[channel, y, 2 * x]), Double(spectra[channel, y, 2 * x + 1]))
                    let fy = Double(min(y, height - y)) / Double(height)
                    ratios.append(magnitude / pow(hypot(Double(x) / Double(width), fy), -1.7))
                }
            }
        }
        let mean = ratios.reduce(0, +) / Double(ratios.count)
        #expect(ratios.allSatisfy { abs($0 - mean) < 1e-3 * mean })
    }

    @Test func sharedDetailIsTorchs() throws {
        let golden = try Golden("canvases")
        let parameterization = Parameterization(
            PixelImage(channels: 1, height: 17, width: 9), colour: ColourMap(channels: 1), count: 3,
            shared: SharedDetail(channels: 1, height: 17, width: 9))
        var generator = RandomGenerator(seed: 0)
        let shapes = parameterization.initial(using: &generator).map(\.shape)
        #expect(shapes.count == 3 + 8)
        let blocks = shapes.indices.map { i in
            IntegerHash.tensor(i < 3 ? "shared/picture.\(i)" : "shared/part.\(i - 3)", shapes[i])
        }
        let drawn = parameterization.pictures(from: blocks, workers: workers)
        for i in 0..<3 { #expect(relativeError(drawn.output[i].elements, try golden.values("shared/picture.\(i)")) < 1e-6) }
        let gradients = drawn.pullback((0..<3).map { IntegerHash.tensor("shared/gradient.\($0)", Shape(1, 17, 9)) })
        for (i, gradient) in gradients.enumerated() {
            let expected = try golden.values(i < 3 ? "shared/picture_gradient.\(i)" : "shared/part_gradient.\(i - 3)")
            // The smallest parts are sums over all pictures that nearly cancel.
            #expect(relativeError(gradient.elements, expected) < 5e-6, "block \(i)")
        }
    }

    @Test(arguments: [14, 9])
    func theSpectrumOfPhotographsIsNumPys(_ side: Int) throws {
        let photos = (0..<2).map { IntegerHash.tensor("spectrum-\(side).\($0)", Shape(3, side, side)) }
        let spectrum = MagnitudeSpectrum(of: photos, workers: workers)
        #expect(relativeError(spectrum.rings, try Golden("canvases").values("spectrum-\(side)")) < 2e-6)
    }

    @Test(arguments: ParameterizationName.allCases, [3, 4])
    func noiseBeginsNearMidGrey(_ name: ParameterizationName, _ channels: Int) {
        let canvas = name.canvas.init(CanvasSettings(channels: channels, height: 64, width: 48))
        let parameterization = Parameterization(canvas, colour: ColourMap(), count: 2)
        var generator = RandomGenerator(seed: 1)
        let pictures = parameterization.pictures(from: parameterization.initial(using: &generator), workers: workers).output
        #expect(pictures.map(\.shape) == [Shape(channels, 64, 48), Shape(channels, 64, 48)])
        // A pattern network begins plain grey; MaCo begins with the contrast that it keeps.
        let span: ClosedRange<Float> = name == .cppn ? 0.5...0.5 : name == .maco ? 0...1 : 0.3...0.7
        #expect(pictures.allSatisfy { $0.elements.allSatisfy { span.contains($0) } })
        if name != .cppn {
            #expect(Set(pictures[0].elements).count > 1000)
            #expect(pictures[0].elements != pictures[1].elements)
        }
    }

    /// ⟨gradient, direction⟩ is the slope along a direction, for every canvas, at even and odd extents.
    @Test(arguments: ParameterizationName.allCases, [(8, 10), (9, 7)])
    func theSlopeIsTheGradient(_ name: ParameterizationName, _ size: (height: Int, width: Int)) {
        let canvas = name.canvas.init(CanvasSettings(channels: 3, height: size.height, width: size.width))
        var generator = RandomGenerator(seed: 1)
        var point = canvas.initial(using: &generator)
        point.add(IntegerHash.tensor("somewhere", point.shape, scale: 0.1))
        let mapping = canvas.values(from: point, workers: workers)
        let weights = IntegerHash.tensor("weights", mapping.output.shape)
        let direction = IntegerHash.tensor("direction", point.shape)
        func score(_ distance: Float) -> Double {
            var moved = point
            moved.add(direction, scaledBy: distance)
            return inner(canvas.values(from: moved, workers: workers).output.elements, weights.elements)
        }
        let measured = (score(1e-3) - score(-1e-3)) / 2e-3
        let gradient = mapping.pullback(weights).elements
        let predicted = inner(gradient, direction.elements)
        #expect(abs(predicted - measured) < 5e-3 * inner(gradient, gradient).squareRoot() + 1e-4 * abs(measured))
    }
}

/// Parameters of a picture that is given.
@Suite struct CanvasInverseTests {
    @Test(arguments: [ParameterizationName.fft, .pixel, .laplacian], [(8, 10), (9, 12), (8, 7), (11, 9), (1, 1), (2, 3)])
    func theyStandForIt(_ name: ParameterizationName, _ size: (height: Int, width: Int)) {
        let canvas = name.canvas.init(CanvasSettings(channels: 3, height: size.height, width: size.width, decayPower: 1.25))
        let values = IntegerHash.tensor("values", Shape(3, size.height, size.width))
        let again = canvas.values(from: canvas.parameters(of: values, workers: workers) { false }!, workers: workers).output
        #expect(relativeError(again.elements, values.elements) < 1e-5)
    }

    @Test(arguments: [
        (Shape(3, 6, 7), ColourMap()), (Shape(3, 6, 7), ColourMap(decorrelated: false)), (Shape(4, 6, 7), ColourMap()),
        (Shape(1, 6, 7), ColourMap(channels: 1)), (Shape(2, 6, 7), ColourMap(channels: 1)),
    ])
    func coloursComeBack(_ shape: Shape, _ colour: ColourMap) {
        let picture = Tensor(shape, IntegerHash.values("picture", shape.count).map { 0.5 + 0.49 * $0 })
        let again = colour(colour.inverse(picture, workers: workers), workers: workers).output
        #expect(relativeError(again.elements, picture.elements, scale: 1) < 2e-6)
        // Black and white stay within half a step of 8 bits.
        let extremes = Tensor(shape, IntegerHash.values("picture", shape.count).map { $0 > 0 ? 1 : 0 })
        let near = colour(colour.inverse(extremes, workers: workers), workers: workers).output
        #expect(relativeError(near.elements, extremes.elements, scale: 1) < 0.5 / 255)
    }

    @Test func aPatternNetworkComesNear() {
        let canvas = PatternNetwork(height: 24, width: 24)
        let values = Tensor(Shape(3, 24, 24), (0..<3 * 576).map { i in
            let (x, y) = (Float(i % 24) / 24, Float(i % 576 / 24) / 24)
            return sinf(4 * x + Float(i / 576)) * cosf(3 * y)
        })
        let drawn = canvas.values(from: canvas.parameters(of: values, workers: workers) { false }!, workers: workers).output
        var difference = values
        difference.add(drawn, scaledBy: -1)
        #expect(inner(difference.elements, difference.elements) < 0.05 * inner(values.elements, values.elements))
    }

    /// MaCo keeps the phases of a picture, and gives it magnitudes of its own.
    @Test(arguments: [(8, 10), (9, 12)])
    func phasesStay(_ height: Int, _ width: Int) {
        let canvas = FixedMagnitudeImage(CanvasSettings(channels: 3, height: height, width: width, startsFromPicture: true))
        let values = IntegerHash.tensor("values", Shape(3, height, width))
        let again = canvas.values(from: canvas.parameters(of: values, workers: workers) { false }!, workers: workers).output
        let transform = FourierTransform(height: height, width: width)
        let (before, after) = (transform.inverseAdjoint(values, workers: workers), transform.inverseAdjoint(again, workers: workers))
        for channel in 0..<3 {
            for y in 0..<height {
                for x in 0..<transform.frequencies where x > 0 || y > 0 {
                    let (a, b) = (before[channel, y, 2 * x], before[channel, y, 2 * x + 1])
                    let (c, d) = (after[channel, y, 2 * x], after[channel, y, 2 * x + 1])
                    let cosine = (a * c + b * d) / (hypotf(a, b) * hypotf(c, d))
                    #expect(cosine > 0.9999, "\(channel) \(y) \(x): \(cosine)")
                }
            }
        }
    }
}
