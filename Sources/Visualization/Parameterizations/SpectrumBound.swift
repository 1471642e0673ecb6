import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How far a picture's spectrum may go, in root mean square of the values before the colour map, as plans spell it: `2.5,3.125`.
/// Eleven photographs had 2.4 in luma, 3.3 and 2.3 in the two chromas.
public struct SpectrumLimits: Sendable, CodableByText, Equatable {
    /// The decorrelated colours' first channel; every channel where colours are not decorrelated.
    public let luma: Float
    /// The decorrelated colours' other two.
    public let chroma: Float

    /// The standard look's.
    public static let standard = SpectrumLimits(luma: 2.5, chroma: 3.125)

    /// - Parameters: above 0, in root mean square of the values before the colour map.
    public init(luma: Float, chroma: Float) { (self.luma, self.chroma) = (luma, chroma) }

    /// Reads both, or one for both; nil if the text is no such numbers above 0.
    public init?(_ text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Float($0.trimmed) }
        guard (1...2).contains(numbers.count), numbers.allSatisfy({ $0.map { $0.isFinite && $0 > 0 } ?? false }) else { return nil }
        self.init(luma: numbers[0]!, chroma: numbers.last!!)
    }

    public var description: String { luma == chroma ? plain(luma) : "\(plain(luma)),\(plain(chroma))" }
}

/// Keeps a picture's Fourier spectrum from growing beyond what photographs have, half octave by half octave. Below the bound
/// every frequency is free; an optimizer that would go on raising contrast and colour has to change the shapes instead.
///
/// A ring r holds the bins of ⌊2 · log₂ max(1, f)⌋ = r, with f in cycles a picture; the constant is in ring 0. With w = 2 for
/// bins that stand for a pair of frequencies, and 1 for the others:
///
///     energy of a ring     e = Σ w · |X|² / area²
///     natural share        n = Σ w · max(1, f)^(−2 · 1.37), of all rings 1 in sum, at least 1e-9
///     X ← φ · X            φ = min(1, √(limit² · n / (e + 1e-7)))
///
/// 1.37 is the slope of photographs at 224 pixels. The bin (1, 1), of f = √2, is in ring 1.
struct SpectrumBound: Sendable {
    /// How far each channel may go, in root mean square of the values; infinite for one without a bound.
    let limits: [Float]
    private let rings: [UInt8]  // [height, frequencies]
    private let weights: [Float]  // [height, frequencies]; 1 or 2
    private let shares: [Double]  // by ring
    private let squaredArea: Double

    /// The slope of photographs' amplitudes.
    private static let slope = 1.37
    /// Keeps an empty ring's quotient finite.
    private static let smallestEnergy = 1e-7
    private static let smallestShare = 1e-9

    /// - Parameters:
    ///   - frequencies: by bin, in cycles a pixel, `[height, width / 2 + 1]`.
    ///   - columns: bins in a row.
    ///   - side: the longer side, by which a frequency becomes cycles a picture.
    ///   - area: pixels of the transform.
    init(limits: [Float], frequencies: [Double], columns: Int, side: Int, area: Int) {
        self.limits = limits
        let cycles = frequencies.map { max(1, $0 * Double(side)) }
        // 2 · log₂ f = log₂ f², of f² rounded to a millionth: bins on an edge, as (1, 1), always lie above it.
        rings = cycles.map { UInt8(log2(($0 * $0 * 1e6).rounded() / 1e6)) }
        weights = frequencies.indices.map { $0 % columns == 0 || $0 % columns == columns - 1 ? 1 : 2 }
        var shares = [Double](repeating: 0, count: Int(rings.max() ?? 0) + 1)
        for (index, ring) in rings.enumerated() {
            shares[Int(ring)] += Double(weights[index]) * pow(cycles[index], -2 * Self.slope)
        }
        let sum = shares.reduce(0, +)
        self.shares = shares.map { max($0 / sum, Self.smallestShare) }
        squaredArea = Double(area) * Double(area)
    }

    /// The bounded spectra, and the way back for gradients. With g the gradient at the output, a ring with φ < 1 passes on
    ///
    ///     φ · (g − w · X · Σ (g · X) / (area² · (e + 1e-7)))
    ///
    /// - Parameter spectra: X, `[channels, height, 2 · frequencies]`, as the inverse transform takes it.
    func callAsFunction(_ spectra: Tensor) -> ValueAndPullback<Tensor, Tensor> {
        let energies = ringSums(of: spectra, spectra, weighted: true).map { $0.map { $0 / squaredArea + Self.smallestEnergy } }
        let factors = zip(limits, energies).map { limit, energies in
            zip(energies, shares).map { min(1, (Double(limit) * Double(limit) * $1 / $0).squareRoot()) }
        }
        return ValueAndPullback(scaled(spectra, by: factors)) { gradient in
            var result = scaled(gradient, by: factors)
            let products = ringSums(of: gradient, spectra, weighted: false)
            let pulls = factors.indices.map { channel in
                factors[channel].indices.map { ring -> Float in
                    let factor = factors[channel][ring]
                    return factor < 1 ? Float(factor * products[channel][ring] / (squaredArea * energies[channel][ring])) : 0
                }
            }
            result.withMutableElements { result in
                spectra.withElements { spectra in
                    for (channel, pulls) in pulls.enumerated() {
                        let start = 2 * channel * rings.count
                        for (bin, ring) in rings.enumerated() {
                            let pull = pulls[Int(ring)] * weights[bin]
                            result[start + 2 * bin] -= pull * spectra[start + 2 * bin]
                            result[start + 2 * bin + 1] -= pull * spectra[start + 2 * bin + 1]
                        }
                    }
                }
            }
            return result
        }
    }

    /// Σ a · b over each ring of each channel, real and imaginary parts alike.
    private func ringSums(of first: Tensor, _ second: Tensor, weighted: Bool) -> [[Double]] {
        first.withElements { first in
            second.withElements { second in
                limits.indices.map { channel in
                    var sums = [Double](repeating: 0, count: shares.count)
                    let start = 2 * channel * rings.count
                    for (bin, ring) in rings.enumerated() {
                        let (real, imaginary) = (start + 2 * bin, start + 2 * bin + 1)
                        let product = first[real] * second[real] + first[imaginary] * second[imaginary]
                        sums[Int(ring)] += Double(weighted ? weights[bin] * product : product)
                    }
                    return sums
                }
            }
        }
    }

    private func scaled(_ spectra: Tensor, by factors: [[Double]]) -> Tensor {
        var result = spectra
        result.withMutableElements { values in
            for (channel, factors) in factors.enumerated() {
                let factors = factors.map(Float.init)
                let start = 2 * channel * rings.count
                for (bin, ring) in rings.enumerated() {
                    values[start + 2 * bin] *= factors[Int(ring)]
                    values[start + 2 * bin + 1] *= factors[Int(ring)]
                }
            }
        }
        return result
    }
}
