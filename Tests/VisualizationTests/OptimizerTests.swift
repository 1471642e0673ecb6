import Tensors
import TestSupport
import Testing
import Visualization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Optimizers against torch.optim: scripts/goldens/optimizers.py, which descends the negated score.
@Suite struct OptimizerTests {
    private static let count = 10

    /// Six steps of a rule, its parameters in two blocks.
    private func check(_ name: String, _ suffix: String = "", within tolerance: Float = 2e-6, gradient: (_ x: [Float], _ step: Int) -> [Float]) throws {
        let golden = try Golden("optimizers")
        let rate = try #require(try golden.metadata("rates", as: [String: Float].self)[name])
        var optimizer = OptimizerChoice(name)!.optimizer(learningRate: rate)
        func blocks(_ values: [Float]) -> [Tensor] {
            [Tensor(Shape(1, 2, 2), Array(values[..<4])), Tensor(Shape(1, 1, 6), Array(values[4...]))]
        }
        var parameters = blocks(IntegerHash.values("parameters", Self.count))
        for step in 1...6 {
            let ascent = gradient(parameters.flatMap(\.elements), step).map { -$0 }
            optimizer.update(&parameters, along: blocks(ascent), learningRateFactor: 1, workers: Workers(2))
            let error = relativeError(parameters.flatMap(\.elements), try golden.values("\(name)\(suffix)/\(step)"))
            #expect(error < tolerance, "\(name)\(suffix), step \(step): \(error)")
        }
    }

    @Test(arguments: ["adam", "adam(0.5,0.99)", "adamw", "nadam", "sgd", "sgd(0.5)", "rmsprop", "rmsprop(0.875)"])
    func sixStepsAreTorchs(_ name: String) throws {
        try check(name) { x, step in
            zip(IntegerHash.values("gradient-\(step)", Self.count), x).map { $0 + 0.1 * $1 }
        }
    }

    /// Differences of gradients lose some bits.
    @Test(arguments: ["lbfgs", "lbfgs(2)"])
    func sixStepsOfLBFGSAreTorchs(_ name: String) throws {
        let curvature = IntegerHash.values("curvature", Self.count).map { 1 + $0 / 2 }
        let optimum = IntegerHash.values("optimum", Self.count)
        try check(name, "-quadratic", within: 1e-5) { x, _ in x.indices.map { curvature[$0] * (x[$0] - optimum[$0]) } }
        try check(name, "-cosh", within: 1e-5) { x, _ in
            x.indices.map { i in
                let left = i > 0 ? x[i] - x[i - 1] : 0
                let right = i + 1 < x.count ? x[i + 1] - x[i] : 0
                return sinhf(2 * x[i]) + left - right
            }
        }
    }

    @Test(arguments: OptimizerChoice.rules.map(OptimizerChoice.init))
    func aFactorMultipliesTheRate(_ choice: OptimizerChoice) {
        func moved(rate: Float, factor: Float) -> [Float] {
            var optimizer = choice.optimizer(learningRate: rate)
            var parameters = [IntegerHash.tensor("parameters", Shape(1, 1, 10))]
            for step in 1...3 {
                optimizer.update(
                    &parameters, along: [IntegerHash.tensor("gradient-\(step)", Shape(1, 1, 10))], learningRateFactor: factor, workers: .one)
            }
            return parameters[0].elements
        }
        #expect(relativeError(moved(rate: 0.1, factor: 0.25), moved(rate: 0.025, factor: 1)) < 1e-6)
    }

    @Test(arguments: [
        ("adam", "adam"), ("adam(0.9,0.999)", "adam"), (" adam ( 0.5 , 0.99 ) ", "adam(0.5,0.99)"), ("adamw(0.8,0.9)", "adamw(0.8,0.9)"),
        ("nadam", "nadam"), ("sgd(0)", "sgd(0)"), ("rmsprop(0.999)", "rmsprop(0.999)"), ("lbfgs(10)", "lbfgs(10)"), ("lbfgs", "lbfgs"),
    ])
    func optimizersReadBack(_ text: String, _ expected: String) throws {
        let choice = OptimizerChoice(text)
        #expect(choice?.description == expected)
        #expect(OptimizerChoice(expected) == choice)
    }

    @Test(arguments: [
        "", "adm", "Adam", "adam(0.9)", "adam()", "adam(0.9,0.999", "adam 0.9", "adam(0.9,1)", "adam(-0.1,0.9)", "adam(x,0.9)",
        "sgd(1)", "sgd(nan)", "rmsprop(inf)", "lbfgs(0)", "lbfgs(1e9)", "lbfgs(2.5)", "lbfgs(10)(10)", "sgd(0.1)x",
    ])
    func nonsenseIsNoOptimizer(_ text: String) { #expect(OptimizerChoice(text) == nil) }
}

@Suite struct ScheduleTests {
    @Test func schedulesGoFromFullToNothing() {
        #expect(Schedule.constant.learningRateFactor(step: 99, of: 100) == 1)
        #expect(Schedule.cosine.learningRateFactor(step: 0, of: 100) == 1)
        #expect(abs(Schedule.cosine.learningRateFactor(step: 50, of: 100) - 0.5) < 1e-6)
        #expect(Schedule.settle.learningRateFactor(step: 75, of: 100) == 1)
        #expect(abs(Schedule.settle.learningRateFactor(step: 90, of: 100) - 0.3454915) < 1e-6)
        #expect(Schedule.settle.learningRateFactor(step: 99, of: 100) < 0.01)
    }

    @Test func stepsFallAndWarmupsRise() {
        let step = Schedule("step(10,0.5)")!
        #expect([0, 9, 10, 19, 20, 35].map { step.learningRateFactor(step: $0, of: 40) } == [1, 1, 0.5, 0.5, 0.25, 0.125])
        let warmup = Schedule("warmup(4)")!
        #expect((0..<6).map { warmup.learningRateFactor(step: $0, of: 40) } == [0.25, 0.5, 0.75, 1, 1, 1])
    }

    @Test func severalMultiply() {
        let product = Schedule("warmup(20) cosine step(30,0.1)")!
        for step in 0..<100 {
            let expected = ["warmup(20)", "cosine", "step(30,0.1)"].reduce(Float(1)) { $0 * Schedule($1)!.learningRateFactor(step: step, of: 100) }
            #expect(abs(product.learningRateFactor(step: step, of: 100) - expected) < 1e-6)
        }
    }

    @Test(arguments: [
        ("constant", "constant"), ("cosine", "cosine"), (" settle ", "settle"), ("step( 100 , 0.5 )", "step(100,0.5)"),
        ("warmup(20) cosine", "warmup(20) cosine"), ("step(5,2)   warmup(1)", "step(5,2) warmup(1)"),
    ])
    func schedulesReadBack(_ text: String, _ expected: String) {
        #expect(Schedule(text)?.description == expected)
        #expect(Schedule(expected) == Schedule(text))
    }

    @Test(arguments: [
        "", " ", "linear", "Cosine", "step", "step(100)", "step(0,0.5)", "step(10,-1)", "step(10,11)", "step(10,x)", "step(10,0.5",
        "warmup", "warmup(0)", "warmup(1e9)", "warmup(nan)", "cosine(2)", "constant,cosine", "3",
    ])
    func nonsenseIsNoSchedule(_ text: String) { #expect(Schedule(text) == nil) }
}
