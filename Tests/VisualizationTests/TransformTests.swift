import Tensors
import TestSupport
import Testing
import Visualization

@Suite struct TransformTests {
    private let workers = Workers(2)

    /// The constant that a chain adds does not depend on the picture: the linear part meets its adjoint.
    @Test(arguments: [
        "jitter(3)", "scale(0.7...1.4)", "rotate(-30...30)", "flip", "crop(9)", "pad(4, 0)", "pad(3)", "noise(0.1)", "uniform_noise(0.1)",
        "translate(5)", "translate(40)", "roll(7)", "roll(40)", "random_crop(0.5...0.2)", "random_crop(0.3...1, uniform)",
        "resize(13x9)", "resize(30)", "at_least(19)", "blur(0.3...2)", "blur(0, 9)", "colour_jitter(1)",
        "pad(3, 0) jitter(2) scale(0.9...1.1 by 0.02) rotate(-10...10 by 1 + 5*0) flip jitter(4) crop(8)",
        "scale(0.7...1.4) resize(23x16)", "pad(3) translate(4) roll(2) blur(1) colour_jitter(0.5) random_crop(0.5...0.5) resize(12)",
    ])
    func chainsMeetTheirAdjoint(_ text: String) throws {
        let chain = try TransformChain(parsing: text)
        for seed in 0..<8 as Range<UInt64> {
            func drawn(_ x: Tensor) -> ValueAndPullback<Tensor, Tensor> {
                var generator = RandomGenerator(seed: seed)
                return chain(x, at: 0.3, using: &generator, workers: workers)
            }
            let shape = Shape(3, 17, 20)
            let offset = drawn(Tensor(shape)).output
            func linear(_ x: Tensor) -> Tensor {
                var output = drawn(x).output
                output.add(offset, scaledBy: -1)
                return output
            }
            let x = IntegerHash.tensor("x", shape)
            let y = IntegerHash.tensor("y", drawn(x).output.shape)
            #expect(adjointGap(x: x, y: y, linear, { drawn(x).pullback($0) }) < 1e-6)
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
        func values(_ text: String) throws -> [Float] {
            let chain = try TransformChain(parsing: text)
            var generator = RandomGenerator(seed: 0)
            return chain(Tensor(Shape(3, 100, 100)), using: &generator, workers: workers).output.elements
        }
        func deviation(_ values: [Float]) -> Double { (inner(values, values) / Double(values.count)).squareRoot() }
        #expect(abs(deviation(try values("noise(0.1)")) - 0.1) < 0.002)
        let uniform = try values("uniform_noise(0.1)")
        #expect(abs(deviation(uniform) - 0.1 / 3.0.squareRoot()) < 0.001)
        #expect(uniform.allSatisfy { abs($0) <= 0.1 })
    }

    /// Every shift of a translation is drawn: 0 to one less than its number, to the right and down, zeros coming in.
    @Test func translationsGoRightAndDown() throws {
        let chain = try TransformChain(parsing: "translate(3)")
        var generator = RandomGenerator(seed: 0)
        let image = Tensor(Shape(1, 6, 7), IntegerHash.values("x", 42).map { abs($0) + 0.1 })
        var seen: Set<[Int]> = []
        for _ in 0..<100 {
            let output = chain(image, using: &generator, workers: workers).output
            let rows = (0..<6).first { output[0, $0, 6] != 0 }!
            let columns = (0..<7).first { output[0, 5, $0] != 0 }!
            seen.insert([rows, columns])
            for y in 0..<6 {
                for x in 0..<7 {
                    #expect(output[0, y, x] == (y >= rows && x >= columns ? image[0, y - rows, x - columns] : 0))
                }
            }
        }
        #expect(seen == Set((0..<3).flatMap { y in (0..<3).map { [y, $0] } }))
    }

    @Test func rollsGoEveryWay() throws {
        let chain = try TransformChain(parsing: "roll(1)")
        var generator = RandomGenerator(seed: 0)
        let image = IntegerHash.tensor("x", Shape(2, 6, 7))
        let outputs = (0..<100).map { _ in chain(image, using: &generator, workers: workers).output.elements }
        let expected = (-1...1).flatMap { y in (-1...1).map { image.rolled(rows: y, columns: $0).elements } }
        #expect(Set(outputs) == Set(expected))
    }

    @Test func randomCropsShrinkOnTheWay() throws {
        let chain = try TransformChain(parsing: "random_crop(0.5...0.05)")
        var generator = RandomGenerator(seed: 0)
        let image = IntegerHash.tensor("x", Shape(1, 200, 100))
        func sides(at progress: Float) -> [Int] {
            (0..<200).map { _ in chain(image, at: progress, using: &generator, workers: workers).output.shape.width }
        }
        func mean(_ sides: [Int]) -> Double { Double(sides.reduce(0, +)) / Double(sides.count) }
        #expect(abs(mean(sides(at: 0)) - 50) < 2)
        #expect(abs(mean(sides(at: 0.5)) - 27.5) < 2)
        let last = sides(at: 1)
        #expect(last.min() == 5)
        #expect(last.allSatisfy { $0 < 30 })
    }

    @Test func resizingReachesItsExtents() throws {
        var generator = RandomGenerator(seed: 0)
        func shape(_ text: String, _ shape: Shape) throws -> Shape {
            let chain = try TransformChain(parsing: text)
            let output = chain(Tensor(shape), using: &generator, workers: workers).output.shape
            #expect(chain.extent(of: shape).smallest == output)
            #expect(chain.extent(of: shape).largest == output)
            return output
        }
        #expect(try shape("resize(13x9)", Shape(3, 5, 6)) == Shape(3, 9, 13))
        #expect(try shape("resize(7)", Shape(3, 50, 6)) == Shape(3, 7, 7))
        #expect(try shape("at_least(20)", Shape(3, 50, 6)) == Shape(3, 50, 20))
        #expect(try shape("at_least(20)", Shape(3, 20, 30)) == Shape(3, 20, 30))
        #expect(try shape("backdrop", Shape(4, 20, 30)) == Shape(3, 20, 30))
        #expect(try shape(TransformChain.xplique(size: 64).replacing("0.92...0.96", with: "0.92"), Shape(3, 64, 64)) == Shape(3, 64, 64))
    }

    @Test func opacityOverABackgroundIsTorchs() throws {
        let golden = try Golden("transforms")
        let mapping = composite(
            IntegerHash.tensor("composite", Shape(4, 5, 6)), over: IntegerHash.tensor("composite/background", Shape(3, 5, 6)))
        #expect(relativeError(mapping.output.elements, try golden.values("composite/output")) < 1e-6)
        let gradient = mapping.pullback(IntegerHash.tensor("composite/gradient", Shape(3, 5, 6)))
        #expect(relativeError(gradient.elements, try golden.values("composite/input_gradient")) < 1e-6)
    }

    /// Opaque parts stay; transparent ones become a background of its deviation, another one at each step.
    @Test func backdropsAreDrawnAnew() throws {
        let chain = try TransformChain(parsing: "backdrop")
        var generator = RandomGenerator(seed: 0)
        func laid(alpha: Float) -> [Float] {
            let image = Tensor(Shape(4, 20, 21), [Float](repeating: 0.25, count: 1260) + [Float](repeating: alpha, count: 420))
            return chain(image, using: &generator, workers: workers).output.elements
        }
        #expect(laid(alpha: 1) == [Float](repeating: 0.25, count: 1260))
        let (one, other) = (laid(alpha: 0), laid(alpha: 0))
        #expect(one != other)
        let values = ColourMap().inverse(Tensor(Shape(3, 20, 21), one), workers: workers).elements
        #expect(abs((inner(values, values) / 1260).squareRoot() - Double(Backdrop.deviation)) < 1e-2)
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

    /// Every picture of every chain is within the extents that the chain foretells.
    @Test(arguments: TransformChain.sets.map(\.text) + ["random_crop(0.5...0.05) blur(1)", "random_crop(0.2...0.3, uniform)", "crop(50) roll(3)"])
    func extentsHold(_ text: String) throws {
        let chain = try TransformChain(parsing: text)
        let image = IntegerHash.tensor("x", Shape(3, 64, 70))
        let extent = chain.extent(of: image.shape)
        var generator = RandomGenerator(seed: 0)
        for step in 0..<20 {
            let shape = chain(image, at: Float(step) / 19, using: &generator, workers: workers).output.shape
            #expect((extent.smallest.height...extent.largest.height).contains(shape.height))
            #expect((extent.smallest.width...extent.largest.width).contains(shape.width))
        }
    }
}

/// The language of transforms.
@Suite struct TransformLanguageTests {
    @Test(arguments: [
        "pad(12) jitter(8) scale(0.9...1.1 by 0.02) rotate(-10...10 by 1 + 5*0) jitter(4)",
        "noise(0.02) flip crop(224)", "scale(0.9...1.1)", "scale(0.5 + 2*1)", "none", "pad(3, 0)", "uniform_noise(0.04)",
        "colour_jitter(1)", "blur(1...1.1)", "blur(0)", "translate(8)", "roll(32)", "random_crop(0.5...0.05)",
        "random_crop(0.2...0.25, uniform)", "resize(224)", "resize(320x240)", "at_least(224)", "backdrop",
        "scale(0.995^-5...79 + 2*0.998^20...39)", "backdrop pad(2) scale(2*0.5^0...1 + 1)", TransformChain.xplique(size: 224),
    ] + TransformChain.sets.map(\.text))
    func textReadsBackAsItself(_ text: String) throws {
        #expect(try TransformChain(parsing: text).text == text)
    }

    @Test func setsHaveNames() throws {
        for (name, text) in TransformChain.sets {
            #expect(try TransformChain(parsing: name).text == text)
            #expect(TransformChain.expanded(name, size: 64) == text)
        }
        #expect(Set(TransformChain.sets.map(\.name)).count == TransformChain.sets.count)
        #expect(try TransformChain(parsing: "lucid").text == TransformChain.standard.text)
        #expect(try TransformChain(parsing: TransformChain.expanded("xplique", size: 160)).text.contains("pad(40) jitter(20)"))
        #expect(TransformChain.expanded("jitter(3)", size: 64) == "jitter(3)")
        #expect(try TransformChain(parsing: "flip tf-keras-vis scale(0.9...1.1 by 0.02)").text == "flip roll(4) rotate(-1...1) scale(0.9...1.1 by 0.02)")
        #expect(try TransformChain(parsing: "jitter(8)pad(3 , 0.25)   flip").text == "jitter(8) pad(3, 0.25) flip")
    }

    @Test func powersAreNumPys() throws {
        let choice = try Choice(parsing: "0.995^-5...79 + 2*0.998^20...39")
        // Seventy-nine factors, each rounded to a float.
        #expect(relativeError(choice.values.sorted(), try Golden("transforms").values("powers")) < 1e-6)
    }

    @Test func steppedRangesHoldTheirEnds() throws {
        #expect(try Choice(parsing: "0.9...1.1 by 0.02").values == [0.9, 0.92, 0.94, 0.96, 0.98, 1, 1.02, 1.04, 1.06, 1.08, 1.1])
        #expect(try Choice(parsing: "-2...2 by 1 + 3*0").values == [-2, -1, 0, 1, 2, 0, 0, 0])
        #expect(try Choice(parsing: "0.5, 1, 2").values == [0.5, 1, 2])
        let range = try Choice(parsing: "0.9...1.1")
        #expect(range.values.isEmpty && range.smallest == 0.9 && range.largest == 1.1)
    }

    @Test(arguments: [
        "jiter(3)", "jitter", "jitter(", "jitter(-1)", "scale()", "scale(0...1)", "scale(1...0.5)", "rotate(a)", "flip(2)",
        "noise(-1)", "crop(0)", "pad(1,2,3)", "3", "scale(0.9...1.1 by 0)", "scale(0.9...1.1, 2)", "rotate(nan)",
        "pad()", "pad(,)", "pad(1,x)", "pad(1,nan)", "uniform_noise(11)", "uniform_noise", "colour_jitter(-1)", "colour_jitter(inf)",
        "blur(-1)", "blur(1...)", "blur(101)", "translate(x)", "translate(-1)", "roll(1.5)", "roll()", "random_crop(0.5)",
        "random_crop(0...1)", "random_crop(0.5...2)", "random_crop(0.5...0.1, even)", "random_crop(0.5...0.1, uniform, 2)",
        "random_crop(nan...0.1)", "resize(0)", "resize(224x)", "resize(x224)", "resize(1x2x3)", "resize(-3)", "at_least(a)",
        "backdrop(1)", "scale(0.9^1)", "scale(0.9^1...a)", "scale(0^1...2)", "scale(2^1...5)", "scale(0*0.9^1...2)", "scale(0.9^2...1)",
        "scale(0.9^-5...5 + 0.9...1.1)", "rotate(400)", "xplique", "none none", "jitter(99999999999999999999)",
    ])
    func nonsenseIsRefused(_ text: String) {
        #expect(throws: TransformError.self) { try TransformChain(parsing: text) }
    }
}
