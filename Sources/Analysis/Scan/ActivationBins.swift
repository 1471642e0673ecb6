/// The bins of a layer's histograms: one for what is next to nothing, then 32 to the octave over 16 octaves of either sign.
///
/// Bin 0 holds |a| < 2^(top − 16); bin 1 + k holds a / 2^(top − 16) from (1 + (k mod 32)/32)·2^⌊k/32⌋ to the next such number, and bin
/// 513 + k the same of −a, k in 0…510. The last bins hold everything beyond as well; bin 512 is empty.
public struct ActivationBins: Sendable, Hashable {
    /// The power of two that the bins end at.
    public let top: Int

    /// Bins of a channel.
    public static let count = 1024
    private static let octaves = 16
    private static let perOctave = 32
    private static let negative = 512
    private static let last = negative - 2  // k of the last bin of a sign
    /// Bits of a float behind those that number a bin.
    private static let droppedBits = 23 - 5
    /// A network's activations on photographs may be so many powers of two larger than on noise.
    private static let headroom = 2

    private let firstKey: Int

    /// Bins that end at ±2^top; `top` is held within −100…120, where every edge is a normal float.
    public init(top: Int) {
        self.top = min(max(top, -100), 120)
        firstKey = (127 + self.top - Self.octaves) * Self.perOctave
    }

    /// Bins for a layer whose values are about as large as these.
    public init(holding largest: Float) {
        self.init(top: largest > 0 && largest.isFinite ? Int(largest.exponent) + 1 + Self.headroom : Self.headroom)
    }

    /// The bin of a value.
    @inline(__always)
    public func bin(of value: Float) -> Int {
        let bits = value.bitPattern
        let key = Int((bits & 0x7FFF_FFFF) >> Self.droppedBits) - firstKey
        guard key >= 0 else { return 0 }
        return 1 + min(key, Self.last) + (bits >> 31 == 1 ? Self.negative : 0)
    }

    /// The values that a bin holds, the lower one first.
    public func bounds(of bin: Int) -> ClosedRange<Double> {
        let unit = Double(sign: .plus, exponent: top - Self.octaves, significand: 1)
        guard bin > 0 else { return -unit...unit }
        func edge(_ k: Int) -> Double {
            unit * Double(sign: .plus, exponent: k / Self.perOctave, significand: 1 + Double(k % Self.perOctave) / Double(Self.perOctave))
        }
        let k = (bin - 1) % Self.negative
        return bin > Self.negative ? -edge(k + 1)...(-edge(k)) : edge(k)...edge(k + 1)
    }

    /// Bins from the lowest values to the highest.
    private static let ascending = Array(stride(from: count - 1, to: negative, by: -1)) + [0] + Array(1..<negative)

    /// The value that a share of all positions lies below, by the rank within its bin.
    ///
    /// - Parameters:
    ///   - counts: positions in each of a channel's bins.
    ///   - share: 0…1.
    ///   - extremes: the channel's least and largest value, beyond which no quantile lies.
    public func quantile(_ counts: some RandomAccessCollection<Int64>, _ share: Double, within extremes: ClosedRange<Double>) -> Double {
        func count(_ bin: Int) -> Int64 { counts[counts.index(counts.startIndex, offsetBy: bin)] }
        let rank = share * Double(counts.reduce(0, +))
        var below = 0.0
        for bin in Self.ascending where count(bin) > 0 {
            let inside = Double(count(bin))
            if below + inside >= rank {
                let bounds = bounds(of: bin)
                // What is next to nothing is nothing, mostly.
                if bin == 0 { return min(max(0, extremes.lowerBound), extremes.upperBound) }
                let isLast = bin == Self.negative - 1
                let (low, high) = (max(bounds.lowerBound, extremes.lowerBound), isLast ? extremes.upperBound : min(bounds.upperBound, extremes.upperBound))
                return low + (high - low) * min(max((rank - below) / inside, 0), 1)
            }
            below += inside
        }
        return extremes.upperBound
    }

    /// The share of positions that lie below a value.
    public func share(_ counts: some RandomAccessCollection<Int64>, below value: Double) -> Double {
        let all = Double(counts.reduce(0, +))
        guard all > 0 else { return 0 }
        var below = 0.0
        for bin in Self.ascending {
            let inside = Double(counts[counts.index(counts.startIndex, offsetBy: bin)])
            let bounds = bounds(of: bin)
            if bounds.upperBound <= value {
                below += inside
            } else if bounds.lowerBound < value {
                below += inside * (value - bounds.lowerBound) / (bounds.upperBound - bounds.lowerBound)
            }
        }
        return below / all
    }
}
