import Analysis
import Tensors
import TestSupport
import Testing

/// Covariances against NumPy: scripts/goldens/statistics_of_layers.py.
@Suite struct CovarianceTests {
    private func direction() -> [Double] { IntegerHash.values("statistics/direction", 5).map(Double.init) }

    private var moments: Moments {
        var moments = Moments(channels: 5)
        for i in 0..<2 {
            let shape = Shape(5, 4, 3 + i)
            let noise = IntegerHash.values("statistics/activation.\(i)", shape.count)
            moments.add(Tensor(shape, noise.indices.map { noise[$0] + 0.5 * Float($0 / shape.area) }))
        }
        return moments
    }

    @Test func theCovarianceIsNumPys() throws {
        let covariance = moments.covariance
        #expect(moments.count == 28)
        let error = relativeError(covariance.elements.map(Float.init), try Golden("statistics_of_layers").values("mean_removed"))
        #expect(error < 2e-6)
    }

    @Test func whitenedDirectionsAreNumPys() throws {
        let covariance = moments.covariance
        let solution = try #require(covariance.addingToDiagonal(1e-3 * covariance.meanOfDiagonal).solve(direction()))
        // The covariance's own rounding, times how ill it is conditioned.
        #expect(relativeError(solution.map(Float.init), try Golden("statistics_of_layers").values("whitened")) < 1e-5)
    }

    @Test func positiveSystemsAreSolved() throws {
        let b = IntegerHash.values("statistics/matrix", 25).map(Double.init)
        var elements = [Double](repeating: 0, count: 25)
        for i in 0..<5 {
            for j in 0..<5 { elements[5 * i + j] = (0..<5).reduce(i == j ? 0.1 : 0) { $0 + b[5 * $1 + i] * b[5 * $1 + j] } }
        }
        let solution = try #require(SquareMatrix(extent: 5, elements).solve(direction()))
        #expect(relativeError(solution.map(Float.init), try Golden("statistics_of_layers").values("positive")) < 1e-6)
    }

    @Test func othersAreRefused() {
        #expect(SquareMatrix(extent: 2, [1, 2, 2, 1]).solve([1, 1]) == nil)
        #expect(SquareMatrix(extent: 2, [0, 0, 0, 1]).solve([1, 1]) == nil)
        #expect(SquareMatrix(extent: 1, [4]).solve([2]) == [0.5])
    }
}
