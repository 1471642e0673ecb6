/// Sums in fixed point, which are exact: the order of their parts does not matter, so that parts of a whole can be summed apart, and
/// interrupted anywhere, with the same bits at the end.
///
/// A sum is a whole number of 2⁻⁶⁴ between ±2⁶³; each part is rounded to such a number once. Callers scale what they add to be about 1.
public struct ExactSums: Sendable, Equatable {
    private var sums: [Int128]

    /// Sums of nothing.
    public init(count: Int) { sums = [Int128](repeating: 0, count: count) }

    /// Sums, each on its own.
    public var count: Int { sums.count }

    /// Adds a number below 2⁴⁰ to one of the sums.
    public mutating func add(_ value: Double, to index: Int) { sums[index] &+= Self.fixed(value) }

    /// Adds numbers to the first sums, or to those from `start` on.
    public mutating func add(_ values: some Sequence<Double>, from start: Int = 0) {
        sums.withUnsafeMutableBufferPointer { sums in
            var index = start
            for value in values {
                sums[index] &+= Self.fixed(value)
                index += 1
            }
        }
    }

    /// Adds the upper triangle of a matrix, row by row.
    ///
    /// - Parameter matrix: `[extent, extent]`, row-major.
    public mutating func add(upperTriangleOf matrix: [Double], extent: Int) {
        precondition(sums.count == extent * (extent + 1) / 2)
        sums.withUnsafeMutableBufferPointer { sums in
            matrix.withUnsafeBufferPointer { matrix in
                var index = 0
                for row in 0..<extent {
                    for column in row..<extent {
                        sums[index] &+= Self.fixed(matrix[row * extent + column])
                        index += 1
                    }
                }
            }
        }
    }

    /// Adds the sums of another part.
    public mutating func add(_ other: ExactSums) {
        precondition(sums.count == other.sums.count)
        for index in sums.indices { sums[index] &+= other.sums[index] }
    }

    /// A sum times a power of two, rounded once.
    public func value(_ index: Int, times exponent: Int = 0) -> Double {
        Double(sign: .plus, exponent: exponent - 64, significand: Double(sums[index]))
    }

    private static func fixed(_ value: Double) -> Int128 {
        let whole = Int64(value)  // towards 0
        let rest = (value - Double(whole)) * 0x1p64  // exact, within ±2⁶⁴
        let magnitude = abs(rest)
        let part = magnitude >= 0x1p64 ? Int128(1) << 64 : Int128(UInt64(magnitude))
        return (Int128(whole) << 64) &+ (rest < 0 ? -part : part)
    }

    // MARK: - As words

    /// Two words a sum, the higher one first.
    public var words: [Int64] {
        var words: [Int64] = []
        words.reserveCapacity(2 * sums.count)
        for sum in sums {
            words.append(Int64(truncatingIfNeeded: sum >> 64))
            words.append(Int64(truncatingIfNeeded: sum))
        }
        return words
    }

    /// - Parameter words: as `words` gives them.
    public init(words: [Int64]) {
        sums = stride(from: 0, to: words.count - 1, by: 2).map { (Int128(words[$0]) << 64) | Int128(UInt64(bitPattern: words[$0 + 1])) }
    }
}
