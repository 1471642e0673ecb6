/// How far two pictures of one size are apart.
///
/// Samples are compared on the scale 0…255, whatever their depth: 16-bit ones in steps of 1/257. A picture without alpha
/// counts as opaque. Alpha takes part in two ways: as stored, as a fourth sample of each pixel unless both pictures are
/// opaque (`rms`, `maximum`, `psnr`); and as seen, the pictures held before black and before white, of which the worse
/// counts (`structuralSimilarity`, `meanColor`, `maximumColor`).
public struct PictureDifference: Sendable, Equatable {
    /// √ of the mean squared difference of all samples, 0…255: what matplotlib's and pytest-mpl's tests call RMS.
    public let rms: Double
    /// The largest difference of two samples, 0…255. It is 0 exactly if the pictures are the same pixel for pixel.
    public let maximum: Double
    /// Mean structural similarity of the lumas, at most 1; see `StructuralSimilarity`.
    public let structuralSimilarity: Double
    /// CIEDE2000, mean over the pixels; about 1 is just noticeable.
    public let meanColor: Double
    /// CIEDE2000 of the pixel that differs most.
    public let maximumColor: Double

    /// Peak signal-to-noise ratio, `20 log10(255 / rms)`, in dB; infinite for the same pictures.
    public var psnr: Double { peakSignalToNoise(rms: rms) }

    /// Whether the pictures are the same pixel for pixel.
    public var isNone: Bool { maximum == 0 }

    /// Nil for pictures of different sizes.
    public init?(_ expected: Picture, _ actual: Picture) {
        guard (expected.width, expected.height) == (actual.width, actual.height) else { return nil }
        let pair = PicturePair(expected, actual)
        let samples = SampleDifference(pair)
        guard samples.maximum > 0 else {
            self = .none
            return
        }
        let colors = ColorDifferenceMap(pair)
        rms = samples.rms
        maximum = samples.maximum
        structuralSimilarity = StructuralSimilarity.mean(pair)
        meanColor = colors.mean
        maximumColor = colors.maximum
    }

    /// The difference of a picture to itself.
    public static let none = PictureDifference(rms: 0, maximum: 0, structuralSimilarity: 1, meanColor: 0, maximumColor: 0)

    private init(rms: Double, maximum: Double, structuralSimilarity: Double, meanColor: Double, maximumColor: Double) {
        self.rms = rms
        self.maximum = maximum
        self.structuralSimilarity = structuralSimilarity
        self.meanColor = meanColor
        self.maximumColor = maximumColor
    }
}
