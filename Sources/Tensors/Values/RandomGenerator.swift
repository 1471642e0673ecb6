#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The seeded source of every random number: xoshiro256++ (Blackman and Vigna 2019), filled by SplitMix64.
///
/// A value that is passed explicitly; equal seeds give equal numbers on every machine.
public struct RandomGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Begins the sequence that belongs to a seed.
    public init(seed: UInt64) {
        var z = seed
        func splitMix() -> UInt64 {
            z &+= 0x9E37_79B9_7F4A_7C15
            var x = z
            x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
            x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
            return x ^ (x >> 31)
        }
        state = (splitMix(), splitMix(), splitMix(), splitMix())
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotate(state.0 &+ state.3, 23) &+ state.0
        let t = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= t
        state.3 = rotate(state.3, 45)
        return result
    }

    /// Uniform in [0, 1), 24 random bits: every value is exact in Float.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Uniform in [range.lowerBound, range.upperBound].
    public mutating func uniform(in range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Uniform over 0 ..< bound, without bias to speak of (bound is far below 2⁶⁴).
    public mutating func integer(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Two independent standard normal numbers (Box and Muller 1958).
    public mutating func normalPair() -> (Float, Float) {
        let radius = (-2 * log(1 - Double(uniform()))).squareRoot()
        let angle = 2 * Double.pi * Double(uniform())
        return (Float(radius * cos(angle)), Float(radius * sin(angle)))
    }

    /// Independent normal numbers of mean 0.
    public mutating func normal(count: Int, standardDeviation: Float) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count + 1)
        while values.count < count {
            let pair = normalPair()
            values.append(pair.0 * standardDeviation)
            values.append(pair.1 * standardDeviation)
        }
        if values.count > count { values.removeLast() }
        return values
    }
}
