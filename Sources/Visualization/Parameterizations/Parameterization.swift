import Tensors

/// How a picture is written in numbers that an optimizer climbs with. The picture is the same whatever the numbers are
/// called; the way to it is not.
public protocol Parameterization: Sendable {
    /// Numbers to start from: a picture near mid grey.
    func initial(using generator: inout RandomGenerator) -> Tensor

    /// The picture `[3, height, width]`, RGB in 0…1, that the parameters stand for.
    func image(from parameters: Tensor, workers: Workers) -> Mapping
}

/// The parameterizations that `--param` names.
public enum ParameterizationName: String, Sendable, CaseIterable, Codable {
    case fft, pixel

    /// - Parameters:
    ///   - decayPower: of the Fourier image: amplitudes fall with frequency to this power.
    ///   - decorrelated: optimise in the colour basis in which natural images are uncorrelated.
    public func parameterization(height: Int, width: Int, decayPower: Float, decorrelated: Bool)
        -> any Parameterization
    {
        switch self {
        case .fft:
            FourierImage(height: height, width: width, decayPower: decayPower, decorrelated: decorrelated)
        case .pixel: PixelImage(height: height, width: width, decorrelated: decorrelated)
        }
    }
}
