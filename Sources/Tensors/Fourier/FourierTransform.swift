import CFFTW
import Synchronization

/// The inverse real Fourier transform of planes of one size, and its adjoint, by FFTW.
///
/// Plans are ESTIMATE: timed plans differ from run to run, and so would the bits. Planning takes FFTW's global lock;
/// execution is free of it.
public final class FourierTransform: Sendable {
    /// Rows of a plane.
    public let height: Int
    /// Columns of a plane.
    public let width: Int
    /// Columns of the half spectrum, width / 2 + 1; the others are their conjugates.
    public let frequencies: Int

    private let inverse: Plan
    private let forward: Plan

    /// `@unchecked Sendable`: FFTW documents execution of one plan on new arrays as safe from any thread.
    private final class Plan: @unchecked Sendable {
        let plan: fftwf_plan
        init(_ plan: fftwf_plan) { self.plan = plan }
        deinit { FourierTransform.planning.withLock { _ in fftwf_destroy_plan(plan) } }
    }

    private static let planning = Mutex(())

    /// Builds of FFTW differ in the vectors that their codelets use; those without are in all of them.
    private static var flags: UInt32 {
        let withoutVectors: UInt32 = 1 << 17  // FFTW_NO_SIMD, which stands in fftw3.h and in no manual
        return NumericProfile.isPinned ? FFTW_ESTIMATE | withoutVectors : FFTW_ESTIMATE
    }

    /// - Parameters: the size of one plane; both at least 1.
    public init(height: Int, width: Int) {
        precondition(height > 0 && width > 0)
        self.height = height
        self.width = width
        frequencies = width / 2 + 1
        var spectrum = Tensor(uninitialized: Shape(1, height, 2 * frequencies))
        var plane = Tensor(uninitialized: Shape(1, height, width))
        (inverse, forward) = spectrum.withMutableElements { spectrum in
            plane.withMutableElements { plane in
                FourierTransform.planning.withLock { _ in
                    let complex = FourierTransform.complex(spectrum.baseAddress!)
                    let (rows, columns) = (Int32(height), Int32(width))
                    let flags = FourierTransform.flags
                    let inverse = fftwf_plan_dft_c2r_2d(rows, columns, complex, plane.baseAddress!, flags)!
                    let forward = fftwf_plan_dft_r2c_2d(rows, columns, plane.baseAddress!, complex, flags)!
                    return (Plan(inverse), Plan(forward))
                }
            }
        }
    }

    private static func complex(_ floats: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<fftwf_complex> {
        UnsafeMutableRawPointer(floats).assumingMemoryBound(to: fftwf_complex.self)
    }

    /// The plane whose half spectrum this is, divided by height · width as `numpy.fft.irfft2` does.
    ///
    /// - Parameters:
    ///   - spectra: `[channels, height, 2 · frequencies]`, real and imaginary parts interleaved.
    /// - Returns: `[channels, height, width]`.
    public func inverse(_ spectra: consuming Tensor, workers: Workers) -> Tensor {
        var spectra = spectra  // c2r destroys its input
        let channels = spectra.shape.channels
        precondition(spectra.shape == Shape(channels, height, 2 * frequencies))
        var planes = Tensor(uninitialized: Shape(channels, height, width))
        let scale = 1 / Float(height * width)
        let (spectrumSize, planeSize) = (spectra.shape.area, planes.shape.area)
        spectra.withMutableElements { spectra in
            planes.withMutableElements { planes in
                let (spectra, planes) = (spectra.baseAddress!, planes.baseAddress!)
                workers.forEach(channels) { channel in
                    let plane = planes + channel * planeSize
                    fftwf_execute_dft_c2r(
                        inverse.plan, FourierTransform.complex(spectra + channel * spectrumSize), plane)
                    for i in 0..<planeSize { plane[i] *= scale }
                }
            }
        }
        return planes
    }

    /// The adjoint of `inverse`: from a gradient with respect to the planes to one with respect to the half spectra.
    ///
    /// A bin that stands for itself and its conjugate counts twice; the columns 0 and, for even widths, width / 2 stand
    /// for themselves only.
    public func inverseAdjoint(_ gradient: consuming Tensor, workers: Workers) -> Tensor {
        var gradient = gradient  // multi-dimensional r2c may use its input as scratch
        let channels = gradient.shape.channels
        precondition(gradient.shape == Shape(channels, height, width))
        var spectra = Tensor(uninitialized: Shape(channels, height, 2 * frequencies))
        let scale = 1 / Float(height * width)
        let (spectrumSize, planeSize) = (spectra.shape.area, gradient.shape.area)
        let firstOfPairs = 1
        let endOfPairs = width % 2 == 0 ? frequencies - 1 : frequencies
        gradient.withMutableElements { gradient in
            spectra.withMutableElements { spectra in
                let (gradient, spectra) = (gradient.baseAddress!, spectra.baseAddress!)
                workers.forEach(channels) { channel in
                    let spectrum = spectra + channel * spectrumSize
                    fftwf_execute_dft_r2c(
                        forward.plan, gradient + channel * planeSize, FourierTransform.complex(spectrum))
                    for y in 0..<height {
                        let row = spectrum + y * 2 * frequencies
                        for k in 0..<frequencies {
                            let weight = k >= firstOfPairs && k < endOfPairs ? 2 * scale : scale
                            row[2 * k] *= weight
                            row[2 * k + 1] *= weight
                        }
                    }
                }
            }
        }
        return spectra
    }
}
