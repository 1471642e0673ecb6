import Tensors

/// What a scan knows of a layer over all photographs so far. Totals of parts add up to those of the whole, bit by bit.
public struct LayerTotals: Sendable, Equatable {
    /// The layer's extents for every photograph.
    public let shape: Shape
    /// Bins of `histogram`, fixed before the first photograph; `2^bins.top` is also the unit that sums are kept in.
    public let bins: ActivationBins
    /// Whether products of channels are summed.
    public let hasProducts: Bool
    /// Positions over all photographs.
    public package(set) var positions = 0
    /// Those of the lattice.
    public package(set) var latticePositions = 0
    /// Each channel's least activation so far, `[channels]`; ∞ before the first photograph.
    public package(set) var minima: [Float]
    /// Each channel's largest activation so far, `[channels]`; −∞ before the first photograph.
    public package(set) var maxima: [Float]
    /// Positions with a value above 0.
    public package(set) var positivePositions: [Int64]
    /// Photographs with a value above 0 anywhere.
    public package(set) var positivePhotographs: [Int64]
    /// `[channels, ActivationBins.count]`
    public package(set) var histogram: [Int64]
    /// Photographs with the largest activation at any position.
    public package(set) var bestByMaximum: BestPhotographs
    /// Photographs with the largest mean over positions; `positions` still says where the maximum lies.
    public package(set) var bestByMean: BestPhotographs
    package var powers: ExactSums  // [4, channels], of a/2^top
    package var products: ExactSums  // the upper triangle of [channels, channels], of a/2^top
    package var productSums: ExactSums  // [channels], of a/2^top

    /// More channels than these have too many products.
    public static let mostChannelsOfProducts = 2048

    /// Totals of no photographs.
    ///
    /// - Parameters:
    ///   - shape: `[channels, height, width]` of the layer.
    ///   - keep: photographs of each channel that either list of the best holds.
    public init(_ shape: Shape, _ bins: ActivationBins, keep: Int) {
        let channels = shape.channels
        (self.shape, self.bins) = (shape, bins)
        hasProducts = channels <= Self.mostChannelsOfProducts
        minima = [Float](repeating: .infinity, count: channels)
        maxima = [Float](repeating: -.infinity, count: channels)
        positivePositions = [Int64](repeating: 0, count: channels)
        positivePhotographs = positivePositions
        histogram = [Int64](repeating: 0, count: channels * ActivationBins.count)
        bestByMaximum = BestPhotographs(channels: channels, keep: keep)
        bestByMean = bestByMaximum
        powers = ExactSums(count: 4 * channels)
        products = ExactSums(count: hasProducts ? channels * (channels + 1) / 2 : 0)
        productSums = ExactSums(count: hasProducts ? channels : 0)
    }

    /// Takes a block of photographs in. Which photographs make a block must not depend on how the work is shared: products within a block
    /// are summed in double precision, in the order of the photographs.
    ///
    /// - Parameter block: in ascending order.
    public mutating func add(_ block: [(photograph: Int, summary: PhotographSummary)]) {
        for (photograph, summary) in block {
            positions += shape.area
            for channel in 0..<shape.channels {
                minima[channel] = min(minima[channel], summary.minima[channel])
                maxima[channel] = max(maxima[channel], summary.maxima[channel])
                positivePositions[channel] += Int64(summary.positives[channel])
                if summary.positives[channel] > 0 { positivePhotographs[channel] += 1 }
            }
            powers.add(summary.powers)
            bestByMaximum.add(summary.maxima, at: summary.places, photograph: photograph)
            bestByMean.add(summary.means, at: summary.places, photograph: photograph)
        }
        if hasProducts { addProducts(of: block.map(\.summary.lattice)) }
    }

    private mutating func addProducts(of lattices: [[Float]]) {
        let channels = shape.channels
        let counts = lattices.map { $0.count / channels }
        let count = counts.reduce(0, +)
        guard count > 0 else { return }
        latticePositions += count
        let scale = Double(sign: .plus, exponent: -bins.top, significand: 1)
        var values = [Double](repeating: 0, count: channels * count)
        var start = 0
        for (lattice, own) in zip(lattices, counts) {
            for channel in 0..<channels {
                for place in 0..<own { values[channel * count + start + place] = Double(lattice[channel * own + place]) * scale }
            }
            start += own
        }
        var sums = [Double](repeating: 0, count: channels * channels)
        Tensors.addProducts(values[...], values[...], columns: count, stride: count, to: &sums, workers: .one)
        products.add(upperTriangleOf: sums, extent: channels)
        productSums.add((0..<channels).map { channel in values[channel * count..<(channel + 1) * count].reduce(0, +) })
    }

    /// Counts on what was put into bins elsewhere.
    public mutating func add(histogram counts: [UInt32]) {
        for index in histogram.indices { histogram[index] += Int64(counts[index]) }
    }

    /// Takes the totals of other photographs in.
    public mutating func add(_ other: LayerTotals) {
        precondition(other.shape == shape && other.bins == bins)
        positions += other.positions
        latticePositions += other.latticePositions
        for channel in 0..<shape.channels {
            minima[channel] = min(minima[channel], other.minima[channel])
            maxima[channel] = max(maxima[channel], other.maxima[channel])
            positivePositions[channel] += other.positivePositions[channel]
            positivePhotographs[channel] += other.positivePhotographs[channel]
        }
        for index in histogram.indices { histogram[index] += other.histogram[index] }
        bestByMaximum.add(other.bestByMaximum)
        bestByMean.add(other.bestByMean)
        powers.add(other.powers)
        products.add(other.products)
        productSums.add(other.productSums)
    }

    // MARK: - Sums in the layer's own units

    /// Σa^p over all positions, p in 1…4, `[4, channels]`
    public var powerSums: [Double] {
        (0..<4 * shape.channels).map { powers.value($0, times: bins.top * ($0 / shape.channels + 1)) }
    }

    /// Σa over the lattice, `[channels]`
    public var sumsOfLattice: [Double] { (0..<productSums.count).map { productSums.value($0, times: bins.top) } }

    /// Σa·aᵀ over the lattice, `[channels, channels]`; empty where there are none.
    public var productsOfLattice: [Double] {
        guard hasProducts else { return [] }
        let channels = shape.channels
        var matrix = [Double](repeating: 0, count: channels * channels)
        var index = 0
        for row in 0..<channels {
            for column in row..<channels {
                let value = products.value(index, times: 2 * bins.top)
                (matrix[row * channels + column], matrix[column * channels + row]) = (value, value)
                index += 1
            }
        }
        return matrix
    }
}
