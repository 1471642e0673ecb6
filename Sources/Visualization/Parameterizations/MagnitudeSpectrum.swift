import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The mean magnitude of natural images' spectra, by frequency in cycles a pixel. Only ratios matter: the picture is
/// standardised.
public struct MagnitudeSpectrum: Sendable, Codable, Equatable {
    /// Means over rings of equal width from 0 to the highest frequency, √½; the mean over planes of |rfft2|.
    public let rings: [Float]

    public init(rings: [Float]) { self.rings = rings }

    /// A power law of slope −1.7 in log-log, the slope of photographs, level below 1/512 cycles a pixel.
    public static let natural = MagnitudeSpectrum(
        rings: (0..<512).map { ring in
            let frequency = (Double(ring) + 0.5) / 512 * 0.5.squareRoot()
            return Float(pow(max(frequency, 1.0 / 512), -1.7))
        })

    /// Between the rings' middles, linearly in log-log.
    func magnitude(at frequency: Double) -> Double {
        // In rings, whose middles lie at ½, 1½, …
        let place = min(max(frequency / 0.5.squareRoot() * Double(rings.count), 0.5), Double(rings.count) - 0.5)
        let lower = Int(place - 0.5)
        let upper = min(lower + 1, rings.count - 1)
        let share = log(place / (Double(lower) + 0.5)) / log((Double(lower) + 1.5) / (Double(lower) + 0.5))
        let (a, b) = (max(Double(rings[lower]), 1e-12), max(Double(rings[upper]), 1e-12))
        return exp((1 - share) * log(a) + share * log(b))
    }

    /// The mean spectrum of photographs.
    ///
    /// - Parameter photos: `[channels, height, width]` each, all of one square size.
    public init(of photos: [Tensor], workers: Workers) {
        let side = photos[0].shape.width
        let transform = FourierTransform(height: side, width: side + side % 2)
        var sums = [Double](repeating: 0, count: min(256, max(8, side / 2)))
        var counts = [Double](repeating: 0, count: sums.count)
        for photo in photos {
            let spectra = transform.inverseAdjoint(widened(photo, to: transform.width), workers: workers)
            spectra.withElements { spectra in
                for i in 0..<spectra.count / 2 {
                    let x = i % transform.frequencies
                    let y = i / transform.frequencies % side
                    let fx = Double(x) / Double(transform.width)
                    let fy = Double(y <= (side - 1) / 2 ? y : side - y) / Double(side)
                    let ring = min(sums.count - 1, Int((fx * fx + fy * fy).squareRoot() / 0.5.squareRoot() * Double(sums.count)))
                    // Bins that stand for a pair come doubled from the adjoint.
                    let isPair = x > 0 && (transform.width % 2 == 1 || x < transform.frequencies - 1)
                    let magnitude = Double(hypotf(spectra[2 * i], spectra[2 * i + 1])) / (isPair ? 2 : 1)
                    sums[ring] += magnitude * Double(side * transform.width)
                    counts[ring] += 1
                }
            }
        }
        rings = zip(sums, counts).map { Float($1 > 0 ? $0 / $1 : 0) }
    }
}

/// One more column for odd widths, a copy of the last.
func widened(_ values: Tensor, to width: Int) -> Tensor {
    let shape = values.shape
    if shape.width == width { return values }
    var result = values.padded(top: 0, left: 0, height: shape.height, width: width, value: 0)
    result.withMutableElements { result in
        for row in 0..<shape.channels * shape.height {
            for x in shape.width..<width { result[row * width + x] = result[row * width + shape.width - 1] }
        }
    }
    return result
}
