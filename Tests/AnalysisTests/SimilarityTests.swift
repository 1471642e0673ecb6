import Analysis
import Tensors
import TestSupport
import Testing

/// Correlations, CKA, assignments and clusters against NumPy and SciPy: scripts/goldens/similarity.py.
@Suite struct SimilarityTests {
    private let golden: Golden

    init() throws { golden = try Golden("similarity") }

    /// The activations of the golden's layers on one photograph.
    private func activations(photo: Int) -> (first: [Tensor], second: [Tensor]) {
        func hashed(_ name: String, _ channels: Int) -> [[Float]] {
            let values = IntegerHash.values("similarity/\(name).\(photo)", channels * 6)
            return (0..<channels).map { channel in values[channel * 6..<(channel + 1) * 6].map { $0 + 3 } }
        }
        func tensor(_ channels: [[Float]]) -> Tensor { Tensor(Shape(channels.count, 2, 3), channels.flatMap { $0 }) }
        var (a0, b0, b1) = (hashed("a0", 5), hashed("b0", 6), hashed("b1", 2))
        let a1 = hashed("a1", 3)
        a0[1] = [Float](repeating: 2, count: 6)
        b0[4] = a0[1]
        for channel in b0.indices where channel != 4 { b0[channel] = zip(b0[channel], a1[channel % 3]).map { $0 + $1 } }
        for channel in b1.indices { b1[channel] = zip(b1[channel], a0[2]).map { $0 + $1 / 2 } }
        return ([tensor(a0), tensor(a1)], [tensor(b0), tensor(b1)])
    }

    private func similarity(repeats: Int = 1, workers: Workers = .one) -> LayerSimilarity {
        var similarity = LayerSimilarity(channels: [5, 3], and: [6, 2])
        for photo in 0..<3 * repeats {
            let (first, second) = activations(photo: photo % 3)
            similarity.add(first, second, workers: workers)
        }
        similarity.complete(workers: workers)
        return similarity
    }

    @Test func alignmentIsNumPys() throws {
        let similarity = similarity()
        #expect(similarity.examples == 18)
        let matrix = [(0, 0), (0, 1), (1, 0), (1, 1)].map { Float(similarity.centeredKernelAlignment($0, $1)) }
        #expect(relativeError(matrix, try golden.values("cka")) < 1e-6)
    }

    @Test func correlationsAreNumPys() throws {
        let similarity = similarity()
        for (layer, name) in [(0, "a0"), (1, "a1")] {
            let correlations = similarity.correlations(layer, 0)
            #expect(relativeError(correlations.values.map(Float.init), try golden.values("correlations/\(name)")) < 1e-6)
            #expect(correlations.liveColumns == [true, true, true, true, false, true])
        }
        #expect(similarity.correlations(0, 0).liveRows == [true, false, true, true, true])
    }

    /// More examples than wait at once, the same ones again and again: nothing may change, whoever multiplies.
    @Test func longRunsKeepTheirDigits() throws {
        let long = similarity(repeats: 100, workers: Workers(3))
        #expect(long.examples == 1800)
        #expect(long.correlations(0, 0).values == similarity(repeats: 100).correlations(0, 0).values)
        #expect(relativeError(long.correlations(0, 0).values.map(Float.init), try golden.values("correlations/a0")) < 1e-6)
    }

    @Test func aLayerIsItself() {
        var own = LayerSimilarity(channels: [5], and: [5])
        for photo in 0..<3 {
            let first = [activations(photo: photo).first[0]]
            own.add(first, first, workers: .one)
        }
        own.complete(workers: .one)
        #expect(abs(own.centeredKernelAlignment(0, 0) - 1) < 1e-12)
        let correlations = own.correlations(0, 0)
        #expect(correlations.best == [0, nil, 2, 3, 4] && correlations.oneToOne == correlations.best)
        for channel in [0, 2, 3, 4] { #expect(abs(correlations[channel, channel] - 1) < 1e-12) }
    }

    @Test func whatNeverVariesIsAlikeToNothing() {
        var flat = LayerSimilarity(channels: [2], and: [1])
        // A mean of a third's rounding is no variation.
        flat.add([Tensor(Shape(2, 1, 3), [0, 0, 0, 0.33333334, 0.33333331, 0.33333334])], [Tensor(Shape(1, 1, 3), [1, 2, 3])], workers: .one)
        flat.complete(workers: .one)
        #expect(flat.correlations(0, 0).values == [0, 0])
        #expect(flat.correlations(0, 0).best == [nil, nil] && flat.correlations(0, 0).oneToOne == [nil, nil])
        let empty = LayerSimilarity(channels: [2], and: [1])
        #expect(empty.centeredKernelAlignment(0, 0) == 0 && empty.correlations(0, 0).values == [0, 0])
    }

    @Test(arguments: [("square", 7, 7), ("wide", 5, 9), ("tall", 9, 5)])
    func assignmentsAreSciPys(_ name: String, _ rows: Int, _ columns: Int) throws {
        let scores = IntegerHash.values("similarity/\(name)", rows * columns).map(Double.init)
        let found = bestAssignment(scores, rows: rows, columns: columns).map { Float($0 ?? -1) }
        #expect(found == (try golden.values("assignment/\(name)")))
    }

    @Test func nothingIsAssignedToNothing() {
        #expect(bestAssignment([], rows: 0, columns: 3) == [])
        #expect(bestAssignment([], rows: 2, columns: 0) == [nil, nil])
    }

    @Test func clustersAreSciPys() throws {
        let hashed = IntegerHash.values("similarity/distances", 144).map { 1 + Double($0) }
        let distances = (0..<144).map { index in
            let (i, j) = (index / 12, index % 12)
            return i == j ? 0 : hashed[12 * min(i, j) + max(i, j)]
        }
        let linkage = AverageLinkage(distances: distances, count: 12)
        let merges = linkage.merges.flatMap { [Float($0.first), Float($0.second), Float($0.distance)] }
        #expect(relativeError(merges, try golden.values("merges")) < 1e-6)
        var firsts: [Float] = []
        for distance in [0.5, 0.8, 1.1] {
            let groups = linkage.groups(within: distance)
            firsts += (0..<12).map { item in Float(groups.first { $0.contains(item) }![0]) }
        }
        #expect(firsts == (try golden.values("groups")))
        #expect(AverageLinkage(distances: [0], count: 1).groups(within: 1) == [[0]])
    }
}
