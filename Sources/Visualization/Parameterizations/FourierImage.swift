import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension ParameterizationName {
    /// The name of `FourierImage` in plans.
    public static let fft = ParameterizationName(FourierImage.self)
}

/// A picture written as its Fourier spectrum, scaled so that one step changes each frequency by about as much as natural images
/// hold of it (tensorflow/lucid, param/spatial.py):
///
///     X = z · √(width · height) / max(f, 1 / max(width, height))^p,   t = irfft2(X) / 4
///
/// with f = √(fx² + fy²) in cycles a pixel. Odd widths are made one column wider and cropped. Powers other than 1 would change the
/// energy as well, and with it what a learning rate means: X is multiplied by a constant with which white noise in z gives
/// pictures of the energy that p = 1 gives them.
public struct FourierImage: Canvas {
    public static let name = "fft"
    public static let help = "a scaled Fourier spectrum"
    public static let traits: CanvasTraits = [.decayPower, .spectrumBound, .stages]

    private let channels: Int
    /// Rows of the picture.
    public let height: Int
    /// Columns of the picture.
    public let width: Int
    private let transform: FourierTransform
    private let scales: [Float]  // [height, frequencies]
    private let bound: SpectrumBound?

    /// Standard deviation of the real and imaginary parts to start from.
    static let initialDeviation: Float = 0.01
    /// Lucid's divisor, with which the picture starts near grey.
    private static let softening: Float = 4

    /// - Parameters:
    ///   - decayPower: p above; 1 is the slope of natural images, more gives smoother pictures.
    ///   - plainDecay: leave the constant for the energy out, as tensorflow/lucid does.
    ///   - bound: the most that each channel's X may hold, by `SpectrumBound`; infinite for no bound, nil for none at all.
    public init(channels: Int = 3, height: Int, width: Int, decayPower: Float = 1, plainDecay: Bool = false, bound: [Float]? = nil) {
        self.channels = channels
        self.height = height
        self.width = width
        let transform = FourierTransform(height: height, width: width + width % 2)
        self.transform = transform
        let smallest = 1 / Double(max(width, height))
        let amplitude = Double(width * height).squareRoot() / Double(Self.softening)
        let frequencies = (0..<height).flatMap { y in
            // The frequencies of numpy.fft.fftfreq: 0, 1, …, then the negative ones, over the extent.
            let fy = Double(y <= (height - 1) / 2 ? y : height - y) / Double(height)
            return (0..<transform.frequencies).map { x in
                let fx = FourierImage.horizontalFrequency(x, width: width)
                return (fx * fx + fy * fy).squareRoot()
            }
        }
        /// Σ of scale² over the numbers of z, each with the share of it that the picture holds: 4 for a bin that stands for a
        /// pair of frequencies, 1 for the others.
        func energy(_ power: Double) -> Double {
            frequencies.indices.reduce(0) { sum, index in
                sum + (Self.isPair(index, transform) ? 4 : 1) * pow(max(frequencies[index], smallest), -2 * power)
            }
        }
        let power = Double(decayPower)
        let gain = plainDecay || power == 1 ? 1 : (energy(1) / energy(power)).squareRoot()
        scales = frequencies.map { Float(gain * amplitude / pow(max($0, smallest), power)) }
        self.bound = bound.map {
            SpectrumBound(
                limits: $0, frequencies: frequencies, columns: transform.frequencies, side: max(width, height),
                area: height * transform.width)
        }
    }

    /// Takes the extents, the decay and the bound.
    public init(_ settings: CanvasSettings) {
        self.init(
            channels: settings.channels, height: settings.height, width: settings.width, decayPower: settings.decayPower,
            plainDecay: settings.plainDecay, bound: settings.spectrumBound)
    }

    /// Whether a bin stands for a frequency and its negative: all columns but the first and the last do.
    private static func isPair(_ index: Int, _ transform: FourierTransform) -> Bool {
        let x = index % transform.frequencies
        return x > 0 && x < transform.frequencies - (transform.width % 2 == 0 ? 1 : 0)
    }

    /// `numpy.fft.fftfreq(width)[x]` without its sign; the extra column of an odd width continues with the first
    /// negative frequency, as Lucid's slice of fftfreq does.
    private static func horizontalFrequency(_ x: Int, width: Int) -> Double {
        let index = x <= (width - 1) / 2 ? x : width - x
        return Double(index) / Double(width)
    }

    /// `[channels, height, 2 · frequencies]`: real and imaginary parts interleaved.
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        let shape = Shape(channels, height, 2 * transform.frequencies)
        return Tensor(shape, generator.normal(count: shape.count, standardDeviation: Self.initialDeviation))
    }

    /// The spectrum of the values, each bin divided by its scale.
    public func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor? {
        // The adjoint of the inverse is the forward transform with factors of its own: 1 / (height · width), and 2 for the
        // bins that stand for a pair.
        var spectra = transform.inverseAdjoint(widened(values, to: transform.width), workers: workers)
        let area = Float(height * transform.width)
        let factors = scales.indices.map { i -> Float in
            return area / (Self.isPair(i, transform) ? 2 : 1) / scales[i]
        }
        spectra.scalePairs(factors, workers: workers)
        return spectra
    }

    /// t above, before the colour map: `[channels, height, width]`.
    public func values(from parameters: Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        let spectra = scaled(parameters, workers: workers)
        let bounded = bound.map { $0(spectra) } ?? ValueAndPullback(spectra) { $0 }
        let planes = transform.inverse(bounded.output, workers: workers)
        return ValueAndPullback(cropped(planes)) { gradient in
            let spectra = transform.inverseAdjoint(uncropped(gradient), workers: workers)
            return scaled(bounded.pullback(spectra), workers: workers)
        }
    }

    /// The same picture at another size: the frequencies below the smaller canvas's highest, with the bound applied, and
    /// nothing above them.
    ///
    ///     X₂[k] = X₁[k] · area₂ / area₁,   z₂ = X₂ / scale₂
    public func parameters(from parameters: Tensor, of smaller: any Canvas, workers: Workers) -> Tensor? {
        guard let smaller = smaller as? FourierImage, smaller.channels == channels else { return nil }
        let old = smaller.scaled(parameters, workers: workers)
        let spectra = smaller.bound.map { $0(old).output } ?? old
        let growth = Float(height * transform.width) / Float(smaller.height * smaller.transform.width)
        let (columns, oldColumns) = (transform.frequencies, smaller.transform.frequencies)
        // The highest frequency of an even extent stands for both its signs, and is dropped.
        let (rows, kept) = ((min(height, smaller.height) - 1) / 2, min(columns, oldColumns) - 1)
        var result = Tensor(Shape(channels, height, 2 * columns))
        result.withMutableElements { result in
            spectra.withElements { spectra in
                for channel in 0..<channels {
                    for row in -rows...rows {
                        let from = (channel * smaller.height + (row + smaller.height) % smaller.height) * oldColumns
                        let line = (row + height) % height * columns
                        for x in 0..<kept {
                            let scale = growth / scales[line + x]
                            for part in 0..<2 {
                                result[2 * (channel * height * columns + line + x) + part] = spectra[2 * (from + x) + part] * scale
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private func scaled(_ spectra: consuming Tensor, workers: Workers) -> Tensor {
        var result = spectra
        result.scalePairs(scales, workers: workers)
        return result
    }

    private func cropped(_ planes: consuming Tensor) -> Tensor {
        transform.width == width ? planes : planes.cropped(top: 0, left: 0, height: height, width: width)
    }

    private func uncropped(_ gradient: consuming Tensor) -> Tensor {
        transform.width == width
            ? gradient
            : gradient.padded(top: 0, left: 0, height: height, width: transform.width, value: 0)
    }
}
