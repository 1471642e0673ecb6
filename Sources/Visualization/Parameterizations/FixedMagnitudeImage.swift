import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A picture of which only the phases are climbed; the magnitudes of its spectrum are those of natural images (MaCo, Fel et
/// al. 2023, arXiv:2306.06805):
///
///     x = standardise(irfft2(r · e^{iφ̂})),   φ̂ = (φ − mean φ) / (std φ + 1e-5),   φ from N(0, 1)
///
/// Standardising takes the mean away and divides by the standard deviation + 1e-5, over all of the picture.
public struct FixedMagnitudeImage: Canvas {
    /// Of the picture.
    public let shape: Shape
    private let transform: FourierTransform
    private let magnitudes: [Float]  // [height, frequencies]
    private let standardizesPhases: Bool

    private static let epsilon = 1e-5

    /// - Parameters:
    ///   - spectrum: the magnitudes by frequency.
    ///   - standardizesPhases: false for φ̂ = φ: the phases of a given picture are spread evenly, with a deviation of π/√3,
    ///     and would be others if they were standardised.
    public init(
        channels: Int = 3, height: Int, width: Int, spectrum: MagnitudeSpectrum = .natural, standardizesPhases: Bool = true
    ) {
        self.standardizesPhases = standardizesPhases
        shape = Shape(channels, height, width)
        let transform = FourierTransform(height: height, width: width + width % 2)
        self.transform = transform
        magnitudes = (0..<height).flatMap { y in
            let fy = Double(y <= (height - 1) / 2 ? y : height - y) / Double(height)
            return (0..<transform.frequencies).map { x in
                let fx = Double(x) / Double(transform.width)
                return Float(spectrum.magnitude(at: (fx * fx + fy * fy).squareRoot()))
            }
        }
    }

    /// `[channels, height, frequencies]`: phases.
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        let shape = Shape(self.shape.channels, self.shape.height, transform.frequencies)
        return Tensor(shape, generator.normal(count: shape.count, standardDeviation: 1))
    }

    public func values(from parameters: Tensor, workers: Workers) -> Mapping {
        let phases = standardizesPhases ? Standardization(parameters) : nil
        let spectra = spectrum(phases?.output ?? parameters)
        let planes = transform.inverse(spectra, workers: workers)
        let cropped =
            transform.width == shape.width
            ? planes : planes.cropped(top: 0, left: 0, height: shape.height, width: shape.width)
        let standardized = Standardization(cropped)
        return Mapping(output: standardized.output) { gradient in
            var plane = standardized.pullback(gradient)
            if transform.width != shape.width {
                plane = plane.padded(top: 0, left: 0, height: shape.height, width: transform.width, value: 0)
            }
            let gradient = turned(transform.inverseAdjoint(plane, workers: workers), by: spectra)
            return phases?.pullback(gradient) ?? gradient
        }
    }

    /// The phases of the values' spectrum; their own magnitudes are lost.
    public func parameters(of values: Tensor, workers: Workers) -> Tensor {
        // The adjoint of the inverse differs from the forward transform in positive factors only: the phases are the same.
        let spectra = transform.inverseAdjoint(widened(values, to: transform.width), workers: workers)
        var phases = Tensor(Shape(shape.channels, shape.height, transform.frequencies))
        phases.withMutableElements { phases in
            spectra.withElements { spectra in
                for i in phases.indices { phases[i] = atan2f(spectra[2 * i + 1], spectra[2 * i]) }
            }
        }
        return phases
    }

    /// r · e^{iφ}, interleaved.
    private func spectrum(_ phases: Tensor) -> Tensor {
        var result = Tensor(uninitialized: Shape(phases.shape.channels, phases.shape.height, 2 * phases.shape.width))
        result.withMutableElements { result in
            phases.withElements { phases in
                for i in phases.indices {
                    let magnitude = magnitudes[i % magnitudes.count]
                    result[2 * i] = magnitude * cosf(phases[i])
                    result[2 * i + 1] = magnitude * sinf(phases[i])
                }
            }
        }
        return result
    }

    /// The gradient at the phases: turning by dφ moves the spectrum by i·X·dφ.
    private func turned(_ gradient: Tensor, by spectra: Tensor) -> Tensor {
        var result = Tensor(uninitialized: Shape(shape.channels, shape.height, transform.frequencies))
        result.withMutableElements { result in
            gradient.withElements { gradient in
                spectra.withElements { spectra in
                    for i in result.indices {
                        result[i] = gradient[2 * i + 1] * spectra[2 * i] - gradient[2 * i] * spectra[2 * i + 1]
                    }
                }
            }
        }
        return result
    }

    /// (x − mean) / (std + ε) over all values, with the way back.
    private struct Standardization {
        let output: Tensor
        private let deviation: Double

        init(_ values: Tensor) {
            let count = Double(values.shape.count)
            let (mean, squares) = values.withElements { values in
                let mean = values.reduce(0.0) { $0 + Double($1) } / count
                return (mean, values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) })
            }
            let deviation = (squares / count).squareRoot()
            self.deviation = deviation
            var output = values
            output.withMutableElements { output in
                for i in output.indices { output[i] = Float((Double(output[i]) - mean) / (deviation + epsilon)) }
            }
            self.output = output
        }

        /// (g − mean g − y · mean(g·y) · (σ + ε)/σ) / (σ + ε)
        func pullback(_ gradient: Tensor) -> Tensor {
            let count = Double(gradient.shape.count)
            let mean = gradient.withElements { $0.reduce(0.0) { $0 + Double($1) } } / count
            let scale = deviation + epsilon
            let along = deviation > 0 ? inner(gradient, output) / count * scale / deviation : 0
            var result = gradient
            result.withMutableElements { result in
                output.withElements { output in
                    for i in result.indices {
                        result[i] = Float((Double(result[i]) - mean - Double(output[i]) * along) / scale)
                    }
                }
            }
            return result
        }
    }
}

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
