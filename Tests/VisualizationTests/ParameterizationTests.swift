import Tensors
import TestSupport
import Testing
import Visualization

/// Parameterizations against NumPy and PyTorch: scripts/goldens/fourier_image.py.
@Suite struct ParameterizationTests {
    private let workers = Workers(2)

    /// The golden has real and imaginary parts apart, [2, 3, height, frequencies]; FFTW wants them interleaved.
    private func interleaved(_ values: [Float]) -> [Float] {
        let half = values.count / 2
        return (0..<half).flatMap { [values[$0], values[half + $0]] }
    }

    @Test(arguments: [(8, 8), (7, 9), (8, 5), (5, 12)])
    func theFourierImageIsLucids(_ height: Int, _ width: Int) throws {
        let golden = try Golden("fourier_image")
        let name = "\(height)x\(width)"
        let image = FourierImage(height: height, width: width)
        var generator = RandomGenerator(seed: 0)
        let shape = image.initial(using: &generator).shape
        let spectrum = IntegerHash.values("spectrum-\(name)", shape.count, scale: 0.01)
        let parameters = Tensor(shape, interleaved(spectrum))
        let values = image.values(from: parameters, workers: workers).output
        #expect(relativeError(values.elements, try golden.values("\(name)/image")) < 2e-6)
        let drawn = image.image(from: parameters, workers: workers)
        #expect(relativeError(drawn.output.elements, try golden.values("\(name)/rgb")) < 1e-6)
        let gradient = drawn.pullback(IntegerHash.tensor("fourier-gradient-\(name)", Shape(3, height, width)))
        let expected = interleaved(try golden.values("\(name)/parameter_gradient"))
        #expect(relativeError(gradient.elements, expected) < 5e-6)
    }

    @Test func thePixelImageIsColouredAlike() throws {
        let golden = try Golden("fourier_image")
        let image = PixelImage(height: 6, width: 7)
        let drawn = image.image(from: IntegerHash.tensor("pixel", Shape(3, 6, 7)), workers: workers)
        #expect(relativeError(drawn.output.elements, try golden.values("pixel/rgb")) < 1e-6)
        let gradient = drawn.pullback(IntegerHash.tensor("pixel-gradient", Shape(3, 6, 7)))
        #expect(relativeError(gradient.elements, try golden.values("pixel/parameter_gradient")) < 2e-6)
    }

    @Test func noiseBeginsNearMidGrey() {
        for name in ParameterizationName.allCases {
            let image = name.parameterization(height: 64, width: 48, decayPower: 1, decorrelated: true)
            var generator = RandomGenerator(seed: 1)
            let start = image.initial(using: &generator)
            let pixels = image.image(from: start, workers: workers).output.elements
            #expect(pixels.allSatisfy { $0 > 0.3 && $0 < 0.7 }, "\(name)")
            #expect(Set(pixels).count > 1000, "\(name)")
        }
    }
}
