import Analysis
import Tensors
import TestSupport
import Testing
import Visualization

/// Results that are put together from similarities.
@Suite struct ComparisonTests {
    @Test func similarPicturesFormAGroup() {
        let similarities = [1, 0.9, 0.2, 0.9, 1, 0.4, 0.2, 0.4, 1]
        let facets = FacetGroups(similarities, count: 3, threshold: 0.8)
        #expect(facets.groups == [[0, 1], [2]])
        #expect(abs(facets.meanSimilarity - 0.5) < 1e-12)
        #expect(facets.similarities[2] == [0.2, 0.4, 1])
        #expect(FacetGroups(similarities, count: 3, threshold: 0.25).groups == [[0, 1, 2]])
        #expect(FacetGroups([1], count: 1, threshold: 0.8).meanSimilarity == 1)
    }

    /// A network compared with one whose channels are its own in reverse order.
    @Test func channelsFindThemselves() {
        let values = IntegerHash.values("comparison", 4 * 50)
        var reversed: [Float] = []
        for channel in (0..<4).reversed() { reversed += values[channel * 50..<(channel + 1) * 50] }
        var similarity = LayerSimilarity(channels: [4], and: [4])
        similarity.add([Tensor(Shape(4, 5, 10), values)], [Tensor(Shape(4, 5, 10), reversed)], workers: .one)
        similarity.complete(workers: .one)
        for oneToOne in [false, true] {
            let comparison = LayerComparison(similarity, oneToOne: oneToOne)
            #expect(abs(comparison.alignments[0][0] - 1) < 1e-9)
            #expect(comparison.matches[0].channels.map(\.other) == [3, 2, 1, 0])
            #expect(comparison.bestPairs(2).count == 2)
            #expect(Set(comparison.bestPairs(4).map { $0.pair.channel }) == [0, 1, 2, 3])
        }
    }

    @Test func directionsAreWhitened() {
        // C⁻¹ of a diagonal matrix divides by the variances.
        let covariance = SquareMatrix(extent: 2, [4, 0, 0, 1])
        let whitened = covariance.whitened(Direction([0: 1, 1: 1]))
        let weights = whitened?.weights.map(\.weight) ?? []
        #expect(weights.count == 2 && abs(weights[1] / weights[0] - 4) < 0.02)
    }
}
