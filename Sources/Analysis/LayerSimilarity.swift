import Tensors

/// How alike the layers of two networks are over the same examples, and their channels: linear CKA (Kornblith et al. 2019,
/// arXiv:1905.00414) and Pearson correlations (Li et al. 2015, arXiv:1511.07543).
///
/// An example is one position of one photograph. Only sums over examples are kept, in double precision, so memory does not
/// grow with them:
///
///     var similarity = LayerSimilarity(channels: [64, 128], and: [96])
///     for photo in photos { similarity.add(activationsOfA, activationsOfB, workers: workers) }
///     similarity.complete(workers: workers)
///     similarity.centeredKernelAlignment(1, 0)
///     similarity.correlations(1, 0)[channel, other]
public struct LayerSimilarity: Sendable {
    /// Examples so far.
    public private(set) var examples = 0
    /// Layers of the first network.
    public var layers: Int { first.layers.count }
    /// Layers of the second network.
    public var otherLayers: Int { second.layers.count }
    private var first: ChannelSums
    private var second: ChannelSums
    private var products: [Double]  // [channels of all first layers, channels of all second layers]

    /// - Parameters:
    ///   - channels: of each layer of the first network.
    ///   - others: of each layer of the second network.
    public init(channels: [Int], and others: [Int]) {
        first = ChannelSums(channels)
        second = ChannelSums(others)
        products = [Double](repeating: 0, count: first.channels * second.channels)
    }

    /// Bytes that comparing such layers takes.
    public static func memory(channels: [Int], and others: [Int]) -> Int {
        let (m, n) = (channels.reduce(0, +), others.reduce(0, +))
        let squares = (channels + others).reduce(0) { $0 + $1 * $1 }
        return MemoryLayout<Double>.stride * (m * n + squares + (m + n) * ChannelSums.capacity)
    }

    /// Adds every position of one photograph.
    ///
    /// - Parameter activations: for each layer, `[channels, height, width]`, with the same height and width for all layers of both
    ///   networks.
    public mutating func add(_ activations: [Tensor], _ others: [Tensor], workers: Workers) {
        let area = activations[0].shape.area
        precondition((activations + others).allSatisfy { $0.shape.area == area }, "all layers have the same positions")
        for position in 0..<area {
            if first.filled == ChannelSums.capacity { complete(workers: workers) }
            first.append(activations, position)
            second.append(others, position)
        }
        examples += area
    }

    /// Adds the examples that still wait to be multiplied. Call it after the last photograph.
    public mutating func complete(workers: Workers) {
        let count = first.filled
        addProducts(
            first.values[...], second.values[...], columns: count, stride: ChannelSums.capacity, to: &products, workers: workers)
        first.complete(workers: workers)
        second.complete(workers: workers)
    }

    /// ‖cov(X, Y)‖² / (‖cov(X, X)‖ ‖cov(Y, Y)‖) in Frobenius norms, 0…1, over all channels of two layers; 1 for the same up to
    /// a rotation and a scale, 0 if one of them never varies. As in the paper it is biased upwards where there are not many
    /// more examples than channels.
    public func centeredKernelAlignment(_ layer: Int, _ other: Int) -> Double {
        let (rows, columns) = (first.layers[layer], second.layers[other])
        var cross = 0.0
        for row in rows { for column in columns { cross += covariance(row, column) * covariance(row, column) } }
        let norms = first.norm(layer, examples) * second.norm(other, examples)
        return norms > 0 ? min(cross / norms, 1) : 0
    }

    /// Pearson's correlation of every channel of one layer with every channel of the other.
    public func correlations(_ layer: Int, _ other: Int) -> Correlations {
        let (rows, columns) = (first.deviations(layer, examples), second.deviations(other, examples))
        var values: [Double] = []
        values.reserveCapacity(rows.count * columns.count)
        for (i, deviation) in rows.enumerated() {
            for (j, otherDeviation) in columns.enumerated() {
                let scale = deviation * otherDeviation
                let covariance = covariance(first.layers[layer].lowerBound + i, second.layers[other].lowerBound + j)
                values.append(scale > 0 ? min(max(covariance / scale, -1), 1) : 0)
            }
        }
        return Correlations(
            rows: rows.count, columns: columns.count, values: values, liveRows: rows.map { $0 > 0 },
            liveColumns: columns.map { $0 > 0 })
    }

    /// Σ(x − x̄)(y − ȳ)
    private func covariance(_ row: Int, _ column: Int) -> Double {
        products[row * second.channels + column] - first.sums[row] * second.sums[column] / Double(max(examples, 1))
    }
}

/// The correlations of one layer's channels with another's.
public struct Correlations: Sendable {
    /// Channels of the one layer.
    public let rows: Int
    /// Channels of the other.
    public let columns: Int
    /// `[rows, columns]`, −1…1; 0 where one of the channels is dead.
    public let values: [Double]
    /// Which channels vary over the examples; the others are dead.
    public let liveRows: [Bool]
    /// The same for the other layer.
    public let liveColumns: [Bool]

    /// - Parameter values: `[rows, columns]`, row-major, −1…1.
    public init(rows: Int, columns: Int, values: [Double], liveRows: [Bool], liveColumns: [Bool]) {
        precondition(values.count == rows * columns && liveRows.count == rows && liveColumns.count == columns)
        self.rows = rows
        self.columns = columns
        self.values = values
        self.liveRows = liveRows
        self.liveColumns = liveColumns
    }

    /// The correlation of a channel of the one layer with a channel of the other, −1…1.
    public subscript(row: Int, column: Int) -> Double { values[row * columns + column] }

    /// For each row the column of the highest correlation, the first of several; nil for a dead one, or if all columns are.
    public var best: [Int?] {
        (0..<rows).map { row in
            guard liveRows[row] else { return nil }
            var best: Int?
            for column in 0..<columns where liveColumns[column] && (best == nil || self[row, column] > self[row, best!]) {
                best = column
            }
            return best
        }
    }

    /// For each row a column of its own, so that the sum of the correlations is as high as can be; nil for dead ones, and
    /// for those that are left over where there are more rows than columns.
    public var oneToOne: [Int?] {
        let (alive, others) = (liveRows.indices.filter { liveRows[$0] }, liveColumns.indices.filter { liveColumns[$0] })
        let scores = alive.flatMap { row in others.map { self[row, $0] } }
        var matches = [Int?](repeating: nil, count: rows)
        for (row, column) in zip(alive, bestAssignment(scores, rows: alive.count, columns: others.count)) {
            matches[row] = column.map { others[$0] }
        }
        return matches
    }
}

/// The channels of all layers of one network: sums of their values, and of the products within each layer.
private struct ChannelSums: Sendable {
    /// Examples that are multiplied at once: enough to keep a matrix product busy.
    static let capacity = 512
    /// A standard deviation below this share of the mean is rounding.
    private static let precision = 1e-6

    /// Which channels each layer has.
    let layers: [Range<Int>]
    let channels: Int
    private(set) var filled = 0
    private(set) var values: [Double]  // [channels, capacity]
    /// Σ(x − pivot)
    private(set) var sums: [Double]
    /// A value near the mean, which is taken off first: small differences of large sums would lose their digits.
    private var pivots: [Double]?
    private var products: [[Double]]  // of each layer [channels, channels], Σ(x − pivot)(y − pivot)

    init(_ channels: [Int]) {
        var start = 0
        layers = channels.map { count in
            defer { start += count }
            return start..<start + count
        }
        self.channels = start
        values = [Double](repeating: 0, count: start * Self.capacity)
        sums = [Double](repeating: 0, count: start)
        products = channels.map { [Double](repeating: 0, count: $0 * $0) }
    }

    /// Adds one position of all layers.
    mutating func append(_ activations: [Tensor], _ position: Int) {
        if pivots == nil { pivots = activations.flatMap(means) }
        for (range, activation) in zip(layers, activations) {
            let area = activation.shape.area
            activation.withElements { source in
                for (index, channel) in range.enumerated() {
                    let value = Double(source[index * area + position]) - pivots![channel]
                    values[channel * Self.capacity + filled] = value
                    sums[channel] += value
                }
            }
        }
        filled += 1
    }

    private func means(_ activation: Tensor) -> [Double] {
        let area = activation.shape.area
        return activation.withElements { source in
            (0..<activation.shape.channels).map { channel in
                source[channel * area..<(channel + 1) * area].reduce(0.0) { $0 + Double($1) } / Double(area)
            }
        }
    }

    mutating func complete(workers: Workers) {
        for (layer, range) in layers.enumerated() {
            let own = values[range.lowerBound * Self.capacity..<range.upperBound * Self.capacity]
            addProducts(own, own, columns: filled, stride: Self.capacity, to: &products[layer], workers: workers)
        }
        filled = 0
    }

    /// ‖Σ(x − x̄)(y − ȳ)‖ over the pairs of a layer's channels.
    func norm(_ layer: Int, _ examples: Int) -> Double {
        let range = layers[layer]
        var sum = 0.0
        for row in range {
            for column in range {
                let moment = products[layer][(row - range.lowerBound) * range.count + column - range.lowerBound]
                let covariance = moment - sums[row] * sums[column] / Double(max(examples, 1))
                sum += covariance * covariance
            }
        }
        return sum.squareRoot()
    }

    /// √Σ(x − x̄)² of each of a layer's channels; 0 for those that do not vary.
    func deviations(_ layer: Int, _ examples: Int) -> [Double] {
        let range = layers[layer]
        return range.enumerated().map { index, channel in
            let (count, sum) = (Double(max(examples, 1)), sums[channel])
            let variance = (products[layer][index * (range.count + 1)] - sum * sum / count) / count
            let mean = (pivots?[channel] ?? 0) + sum / count
            guard variance > 0, variance > Self.precision * Self.precision * mean * mean else { return 0 }
            return (variance * count).squareRoot()
        }
    }
}
