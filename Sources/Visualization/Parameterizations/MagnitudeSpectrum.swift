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

    /// - Parameter rings: magnitudes from the frequency 0 up, at least one, none below 0.
    public init(rings: [Float]) { self.rings = rings }

    /// The luma of ImageNet's photographs at 512 pixels, from the file that deel-ai/xplique gives with MaCo
    /// (spectrum_decorrelated.npy): steeper the higher the frequency, as no power law is.
    public static let photographs = MagnitudeSpectrum(
        rings: (0..<512).map { ring in
            let cycles = (Double(ring) + 0.5) / 512 * 0.5.squareRoot() * 512
            let upper = max(1, xplique.firstIndex { $0.cycles >= cycles } ?? xplique.count - 1)
            let (low, high) = (xplique[upper - 1], xplique[upper])
            let share = log(min(max(cycles, low.cycles), high.cycles) / low.cycles) / log(high.cycles / low.cycles)
            return Float(exp((1 - share) * log(low.magnitude) + share * log(high.magnitude)))
        })

    /// Cycles in 512 pixels, and the magnitude there.
    private static let xplique: [(cycles: Double, magnitude: Double)] = [
        (1, 80143), (2, 37435), (4, 16921), (8, 7464), (16, 2996), (32, 1130), (64, 393), (128, 104), (200, 23), (256, 2.7), (300, 0.6),
    ]

    /// The name by which plans hold `photographs`.
    private static let photographsName = "photographs"

    private enum CodingKeys: String, CodingKey { case rings }

    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            guard name == Self.photographsName else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "\"\(name)\" is no spectrum"))
            }
            self = .photographs
        } else {
            self.init(rings: try decoder.container(keyedBy: CodingKeys.self).decode([Float].self, forKey: .rings))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if self == .photographs {
            var value = encoder.singleValueContainer()
            try value.encode(Self.photographsName)
        } else {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(rings, forKey: .rings)
        }
    }

    /// A power law of slope −1.7 in log-log, level below 1/512 cycles a pixel: what plans of version 0.2 and before mean that name
    /// no spectrum.
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
