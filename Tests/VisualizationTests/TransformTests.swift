import Tensors
import TestSupport
import Testing
import Visualization

@Suite struct TransformTests {
    private let workers = Workers(2)

    /// A drawn chain without padding and noise is linear: it meets its adjoint.
    @Test(arguments: [
        "jitter(3)", "scale(0.7...1.4)", "rotate(-30...30)", "flip", "crop(9)", "pad(4, 0)", "resize(11)",
        "scale(0.7...1.4) resize(23, 16)",
        "pad(3, 0) jitter(2) scale(0.9...1.1 by 0.02) rotate(-10...10 by 1 + 5*0) flip jitter(4) crop(8)",
    ])
    func chainsMeetTheirAdjoint(_ text: String) throws {
        let chain = try TransformChain(parsing: text)
        for seed in 0..<8 as Range<UInt64> {
            func drawn(_ x: Tensor) -> Mapping {
                var generator = RandomGenerator(seed: seed)
                return chain(x, using: &generator, workers: workers)
            }
            let x = IntegerHash.tensor("x", Shape(3, 17, 20))
            let y = IntegerHash.tensor("y", drawn(x).output.shape)
            #expect(adjointGap(x: x, y: y, { drawn($0).output }, { drawn(x).pullback($0) }) < 1e-6)
        }
    }

    @Test func paddingIsGreyAndCropped() throws {
        let chain = try TransformChain(parsing: "pad(3)")
        var generator = RandomGenerator(seed: 0)
        let mapping = chain(Tensor(Shape(3, 4, 5)), using: &generator, workers: workers)
        #expect(mapping.output.shape == Shape(3, 10, 11))
        #expect(mapping.output[0, 0, 0] == 0.5)
        #expect(mapping.output[2, 3, 3] == 0)
        #expect(mapping.pullback(Tensor(Shape(3, 10, 11), repeating: 1)).elements == [Float](repeating: 1, count: 60))
    }

    @Test func noiseHasItsDeviation() throws {
        let chain = try TransformChain(parsing: "noise(0.1)")
        var generator = RandomGenerator(seed: 0)
        let values = chain(Tensor(Shape(3, 100, 100)), using: &generator, workers: workers).output.elements
        let deviation = (inner(values, values) / Double(values.count)).squareRoot()
        #expect(abs(deviation - 0.1) < 0.002)
    }

    @Test func eachStepIsDrawnAnew() {
        let chain = TransformChain.standard
        var generator = RandomGenerator(seed: 0)
        let image = IntegerHash.tensor("x", Shape(3, 64, 64))
        let shapes = (0..<50).map { _ in chain(image, using: &generator, workers: workers).output.shape }
        #expect(Set(shapes).count == 11)
        let extent = chain.extent(of: image.shape)
        #expect(shapes.map(\.height).min() == extent.smallest.height)
        #expect(shapes.map(\.height).max() == extent.largest.height)
    }

    @Test(arguments: [
        "pad(12) jitter(8) scale(0.9...1.1 by 0.02) rotate(-10...10 by 1 + 5*0) jitter(4)",
        "noise(0.02) flip crop(224)", "resize(224)", "jitter(3) resize(320, 200)", "scale(0.9...1.1)", "scale(0.5 + 2*1)", "none",
    ])
    func textReadsBackAsItself(_ text: String) throws {
        #expect(try TransformChain(parsing: text).text == text)
    }

    @Test(arguments: [
        "jiter(3)", "jitter", "jitter(", "jitter(-1)", "scale()", "scale(0...1)", "scale(1...0.5)", "rotate(a)", "flip(2)",
        "noise(-1)", "crop(0)", "pad(1,2,3)", "3", "scale(0.9...1.1 by 0)", "scale(0.9...1.1, 2)", "rotate(nan)",
    ])
    func nonsenseIsRefused(_ text: String) {
        #expect(throws: TransformError.self) { try TransformChain(parsing: text) }
    }
}
