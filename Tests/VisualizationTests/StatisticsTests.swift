import Tensors
import TestSupport
import Testing
import Visualization

/// Covariances, percentiles and importance against NumPy: scripts/goldens/statistics_of_layers.py.
@Suite struct StatisticsTests {
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

    @Test func percentilesAreNumPys() throws {
        let list = IntegerHash.values("statistics/list", 37)
        let shares: [Float] = [0, 0.01, 0.125, 0.5, 0.8, 0.99, 1]
        let error = relativeError(shares.map { percentile(list, $0) }, try Golden("statistics_of_layers").values("percentiles"))
        #expect(error < 1e-6)
        #expect(percentile([3], 0.8) == 3)
    }

    @Test func whatMatteredIsOpaque() throws {
        let picture = IntegerHash.tensor("statistics/picture", Shape(3, 6, 5))
        let importance = Tensor(Shape(1, 6, 5), IntegerHash.values("statistics/importance", 30).map(abs))
        let shown = withImportance(picture, importance)
        #expect(shown.shape == Shape(4, 6, 5))
        #expect(relativeError(shown.elements, try Golden("statistics_of_layers").values("shown")) < 2e-6)
        // Where nothing matters, everything shows; a plain picture stays what it is.
        let plain = Tensor(Shape(3, 2, 2), repeating: 0.25)
        #expect(withImportance(plain, Tensor(Shape(1, 2, 2))).elements == [Float](repeating: 0.25, count: 12) + [1, 1, 1, 1])
    }
}
