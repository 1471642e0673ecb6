import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension ParameterizationName {
    /// The name of `FixedMagnitudeImage` in plans.
    public static let maco = ParameterizationName(FixedMagnitudeImage.self)
}

/// A picture written as the phases of its spectrum, whose magnitudes are fixed to those of natural images (MaCo, Fel et al.
/// 2023, arXiv:2306.06805):
///
///     x = standardise(irfft2(r · e^{iφ̂})),   φ̂ = (φ − mean φ) / (std φ + 1e-5),   φ from N(0, 1)
///
/// Standardising takes the mean away and divides by the standard deviation + 1e-5, over all of the picture.
public struct FixedMagnitudeImage: Canvas {
    public static let name = "maco"
    public static let help = "phases of a spectrum with the magnitudes of natural images"
    public static let traits: CanvasTraits = [.spectrum, .importanceAsOpacity]
    public static let defaultOptimizer = OptimizerChoice(NesterovAdam.self)

    /// Phases turn by whole radians where other parameters move by hundredths (deel-ai/xplique, maco).
    public static func defaultLearningRate(of optimizer: OptimizerChoice) -> Float {
        optimizer.rule == NesterovAdam.self ? 1 : optimizer.defaultLearningRate
    }

    /// Shape of the picture.
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

    /// Takes the extents and the spectrum; phases that come from a picture are not standardised.
    public init(_ settings: CanvasSettings) {
        self.init(
            channels: settings.channels, height: settings.height, width: settings.width, spectrum: settings.spectrum,
            standardizesPhases: !settings.startsFromPicture)
    }

    /// `[channels, height, frequencies]`: phases.
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        let shape = Shape(self.shape.channels, self.shape.height, transform.frequencies)
        return Tensor(shape, generator.normal(count: shape.count, standardDeviation: 1))
    }

    public func values(from parameters: Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        let phases = standardizesPhases ? Standardization(parameters) : nil
        let spectra = spectrum(phases?.output ?? parameters)
        let planes = transform.inverse(spectra, workers: workers)
        let cropped =
            transform.width == shape.width
            ? planes : planes.cropped(top: 0, left: 0, height: shape.height, width: shape.width)
        let standardized = Standardization(cropped)
        return ValueAndPullback(standardized.output) { gradient in
            var plane = standardized.pullback(gradient)
            if transform.width != shape.width {
                plane = plane.padded(top: 0, left: 0, height: shape.height, width: transform.width, value: 0)
            }
            let gradient = turned(transform.inverseAdjoint(plane, workers: workers), by: spectra)
            return phases?.pullback(gradient) ?? gradient
        }
    }

    /// The phases of the values' spectrum; their own magnitudes are lost.
    public func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor? {
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

    /// (x − mean) / (std + ε) over all values, and its pullback.
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
