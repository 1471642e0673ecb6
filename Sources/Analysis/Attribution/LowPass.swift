import Tensors

extension Tensor {
    /// The waves of at most so many periods across each plane: what lies within a circle (an ellipse, if the plane is no square) of its
    /// Fourier transform (FORGrad, Muzellec et al. 2024). The planes' sums stay.
    ///
    /// - Parameter periods: the circle's radius; 0 leaves the mean.
    func lowPassed(periods: Int) -> Tensor {
        let transform = FourierTransform(height: shape.height, width: shape.width)
        var spectra = transform.inverseAdjoint(self, workers: .one)
        let (height, width, frequencies) = (shape.height, shape.width, transform.frequencies)
        let area = Float(height * width)
        spectra.withMutableElements { spectra in
            for row in 0..<shape.channels * height {
                let y = min(row % height, height - row % height)
                for x in 0..<frequencies {
                    // The adjoint counts a wave that stands for its conjugate as well twice, and divides by the area.
                    let isPair = x > 0 && 2 * x != width
                    let factor = y * y + x * x <= periods * periods ? (isPair ? 0.5 : 1) * area : 0
                    spectra[2 * (row * frequencies + x)] *= factor
                    spectra[2 * (row * frequencies + x) + 1] *= factor
                }
            }
        }
        return transform.inverse(spectra, workers: .one)
    }
}
