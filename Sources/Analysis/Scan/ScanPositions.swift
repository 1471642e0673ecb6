import Tensors

/// The positions of a layer that a scan looks at twice: a lattice for products of channels, and random ones that are kept.
public enum ScanPositions {
    /// Positions of the lattice at most.
    private static let mostOfLattice = 256

    /// Every s-th row and column from s/2 on, or the middle one where there are fewer, s the least step that leaves few enough; row by row.
    public static func lattice(height: Int, width: Int) -> [Int] {
        func along(_ extent: Int, _ step: Int) -> [Int] { Array(stride(from: min(step / 2, extent / 2), to: extent, by: step)) }
        var step = 1
        while along(height, step).count * along(width, step).count > mostOfLattice { step += 1 }
        return along(height, step).flatMap { row in along(width, step).map { row * width + $0 } }
    }

    /// How many samples come from a photograph, so that all of them together are spread evenly.
    public static func samples(of photograph: Int, among photographs: Int, total: Int) -> Int {
        (photograph + 1) * total / photographs - photograph * total / photographs
    }

    /// So many different positions, in ascending order; all of them where there are no more.
    ///
    /// - Parameter layer: its number among those scanned.
    public static func random(_ count: Int, of area: Int, photograph: Int, layer: Int, seed: UInt64) -> [Int] {
        guard count < area else { return Array(0..<area) }
        var generator = RandomGenerator(seed: seed ^ UInt64(photograph) << 24 ^ UInt64(layer) << 56)
        // Floyd's way (Bentley and Floyd 1987): every set is as likely as any other.
        var chosen: Set<Int> = []
        for next in area - count..<area {
            let drawn = generator.integer(below: next + 1)
            chosen.insert(chosen.contains(drawn) ? next : drawn)
        }
        return chosen.sorted()
    }
}

/// Random photographs of five bands, from those with the lowest values to those with the highest.
public enum QuantileBands {
    /// Bands.
    public static let count = 5

    /// - Parameters:
    ///   - values: of the photographs, none NaN.
    ///   - keep: photographs of a band at most.
    ///   - channel: another channel draws others.
    /// - Returns: `[count][≤ keep]` photographs, the highest value first.
    public static func choose(_ values: [Float], keep: Int, channel: Int, seed: UInt64) -> [[Int32]] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        return (0..<count).map { band in
            let members = order[values.count * band / count..<values.count * (band + 1) / count]
            guard members.count > keep else { return members.reversed().map { Int32($0) } }
            var generator = RandomGenerator(seed: seed ^ UInt64(channel) << 8 ^ UInt64(band))
            var left = Array(members.indices)
            for place in 0..<keep { left.swapAt(place, place + generator.integer(below: left.count - place)) }
            return left[..<keep].sorted(by: >).map { Int32(order[$0]) }
        }
    }
}
