import Tensors
import TestSupport
import Testing
import Visualization

/// Optimizers against torch.optim: scripts/goldens/optimizers.py, where the loss's gradient is hash + 0.1 · parameters.
@Suite struct OptimizerTests {
    private func check(_ name: String, _ start: any Optimizer) throws {
        let golden = try Golden("optimizers")
        var optimizer = start
        var parameters = IntegerHash.tensor("parameters", Shape(1, 1, 10))
        for step in 1...6 {
            var gradient = IntegerHash.tensor("gradient-\(step)", Shape(1, 1, 10), scale: -1)
            gradient.add(parameters, scaledBy: -0.1)
            optimizer.climb(&parameters, along: gradient, pace: 1, workers: Workers(2))
            #expect(relativeError(parameters.elements, try golden.values("\(name)/\(step)")) < 2e-6)
        }
    }

    @Test func adam() throws { try check("adam", Adam(learningRate: 0.05)) }
    @Test func stochasticGradient() throws { try check("sgd", StochasticGradient(learningRate: 0.1, momentum: 0.9)) }

    @Test func schedulesGoFromFullToNothing() {
        #expect(ScheduleName.constant.pace(step: 99, of: 100) == 1)
        #expect(ScheduleName.cosine.pace(step: 0, of: 100) == 1)
        #expect(abs(ScheduleName.cosine.pace(step: 50, of: 100) - 0.5) < 1e-6)
        #expect(ScheduleName.settle.pace(step: 75, of: 100) == 1)
        #expect(abs(ScheduleName.settle.pace(step: 90, of: 100) - 0.3454915) < 1e-6)
        #expect(ScheduleName.settle.pace(step: 99, of: 100) < 0.01)
    }
}
