import Tensors
import TestSupport
import Testing
import Visualization

/// Percentiles and importance against NumPy: scripts/goldens/statistics_of_layers.py.
@Suite struct StatisticsTests {
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
