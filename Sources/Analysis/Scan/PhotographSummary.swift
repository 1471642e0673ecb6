import Tensors

/// What a scan keeps of a layer's answer to one photograph.
public struct PhotographSummary: Sendable {
    /// Of each channel.
    public private(set) var maxima: [Float]
    /// Where each maximum is first, row by row.
    public private(set) var places: [Int32]
    /// Each channel's least value, `[channels]`.
    public private(set) var minima: [Float]
    /// Over positions.
    public private(set) var means: [Float]
    /// Σ(a/2^top)^p over positions, p in 1…4, `[4, channels]`
    public private(set) var powers: [Double]
    /// Positions with a value above 0.
    public private(set) var positives: [Int32]
    /// Values on the lattice, `[channels, lattice]`; empty where no products are wanted.
    public private(set) var lattice: [Float]
    /// Values at positions that are kept, `[samples, channels]`
    public private(set) var samples: [Float16]
    /// Row by row.
    public let samplePositions: [Int]

    /// Values may be so many powers of two above the bins' top; others are of a network that has gone astray, and would not fit the sums.
    private static let mostOverTop = 8

    /// - Parameters:
    ///   - activation: `[channels, height, width]`
    ///   - lattice: positions for products; empty where none are wanted.
    ///   - samples: positions that are kept.
    ///   - histogram: `[channels, ActivationBins.count]`, counts on.
    /// - Returns: nil if a value is not finite, or out of all proportion.
    public init?(
        _ activation: Tensor, _ bins: ActivationBins, lattice: [Int], samples positions: [Int], histogram: inout [UInt32]
    ) {
        let (channels, area) = (activation.shape.channels, activation.shape.area)
        precondition(histogram.count == channels * ActivationBins.count)
        maxima = [Float](repeating: 0, count: channels)
        places = [Int32](repeating: 0, count: channels)
        minima = maxima
        means = maxima
        powers = [Double](repeating: 0, count: 4 * channels)
        positives = places
        self.lattice = [Float](repeating: 0, count: channels * lattice.count)
        samples = [Float16](repeating: 0, count: channels * positions.count)
        samplePositions = positions
        let scale = Float(sign: .plus, exponent: -bins.top, significand: 1)
        let limit = Float(sign: .plus, exponent: min(bins.top + Self.mostOverTop, 127), significand: 1)
        for channel in 0..<channels {
            let isFine = activation.withElements { values in
                let plane = UnsafeBufferPointer(rebasing: values[channel * area..<(channel + 1) * area])
                let sums = PlaneSums(plane, scale: scale)
                guard sums.minimum >= -limit, sums.maximum <= limit, sums.isFinite else { return false }
                maxima[channel] = sums.maximum
                minima[channel] = sums.minimum
                places[channel] = Int32(plane.firstIndex(of: sums.maximum) ?? 0)
                means[channel] = Float(Double(sign: .plus, exponent: bins.top, significand: sums.powers[0] / Double(area)))
                for power in 0..<4 { powers[power * channels + channel] = sums.powers[power] }
                histogram.withUnsafeMutableBufferPointer { histogram in
                    positives[channel] = count(plane, bins, UnsafeMutableBufferPointer(
                        rebasing: histogram[channel * ActivationBins.count..<(channel + 1) * ActivationBins.count]))
                }
                for (place, position) in lattice.enumerated() { self.lattice[channel * lattice.count + place] = plane[position] }
                for (place, position) in positions.enumerated() { samples[place * channels + channel] = half(plane[position]) }
                return true
            }
            guard isFine else { return nil }
        }
    }
}

/// The nearest half-precision number; what is beyond their range is its end.
public func half(_ value: Float) -> Float16 {
    let limit = Float(Float16.greatestFiniteMagnitude)
    return Float16(min(max(value, -limit), limit))
}

/// Puts values into bins.
///
/// - Returns: how many are above 0.
private func count(_ plane: UnsafeBufferPointer<Float>, _ bins: ActivationBins, _ histogram: UnsafeMutableBufferPointer<UInt32>) -> Int32 {
    var positives: Int32 = 0
    for value in plane {
        histogram[bins.bin(of: value)] &+= 1
        positives &+= value > 0 ? 1 : 0
    }
    return positives
}

/// Extremes and sums of powers of one channel. So many values at a time are summed in single precision, and these sums in double.
private struct PlaneSums {
    var minimum = Float.infinity
    var maximum = -Float.infinity
    var isFinite = true
    var powers = [0.0, 0.0, 0.0, 0.0]

    private static let vectorsAtOnce = 16

    init(_ plane: UnsafeBufferPointer<Float>, scale: Float) {
        typealias Vector = SIMD8<Float>
        let width = Vector.scalarCount
        let vectors = plane.count / width
        var (low, high) = (Vector(repeating: .infinity), Vector(repeating: -.infinity))
        var index = 0
        let start = UnsafeRawPointer(plane.baseAddress!)
        while index < vectors {
            var (first, second, third, fourth) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
            for vector in index..<min(index + Self.vectorsAtOnce, vectors) {
                let values = start.loadUnaligned(fromByteOffset: vector * width * 4, as: Vector.self)
                low.replace(with: values, where: values .< low)
                high.replace(with: values, where: values .> high)
                let scaled = values * scale
                let square = scaled * scaled
                first += scaled
                second += square
                third += square * scaled
                fourth += square * square
            }
            add(first.sum(), second.sum(), third.sum(), fourth.sum())
            index += Self.vectorsAtOnce
        }
        for value in plane[(vectors * width)...] {
            minimum = min(minimum, value)
            maximum = max(maximum, value)
            let scaled = value * scale
            add(scaled, scaled * scaled, scaled * scaled * scaled, scaled * scaled * scaled * scaled)
        }
        minimum = min(minimum, low.min())
        maximum = max(maximum, high.max())
        // A value that is no number makes the sums none, whatever the comparisons said.
        isFinite = powers.allSatisfy(\.isFinite)
    }

    private mutating func add(_ first: Float, _ second: Float, _ third: Float, _ fourth: Float) {
        powers[0] += Double(first)
        powers[1] += Double(second)
        powers[2] += Double(third)
        powers[3] += Double(fourth)
    }
}
