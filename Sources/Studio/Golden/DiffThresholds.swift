import Images

/// How far two pictures may be apart and still count as the same; without any they must be the same pixel for pixel.
public struct DiffThresholds: SettingGroup {
    /// Root mean square of the samples' differences, 0…255, at most; nil for no bound.
    public var maxRms: Double?
    /// Largest difference of a sample, 0…255, at most; nil for no bound.
    public var maxDifference: Double?
    /// Peak signal-to-noise ratio in decibels, at least; nil for no bound.
    public var minPsnr: Double?
    /// Structural similarity, −1…1, at least; nil for no bound.
    public var minSsim: Double?
    /// Difference in colour (CIEDE2000), the mean over the pixels, at most; nil for no bound.
    public var maxLab: Double?
    /// Difference in colour of the pixel that differs most, at most; nil for no bound.
    public var maxLabPixel: Double?
    /// The new picture's score as a share of the expected one's, at least; nil for no bound.
    public var minScoreRatio: Double?

    public init() {}

    private static let notNegative = Rule<Double>("0 or above") { $0 >= 0 && $0.isFinite }

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("max-rms", \.maxRms, "x", "Most root mean square difference; of the samples, 0 to 255.", notNegative)
        Setting("max-difference", \.maxDifference, "n", "Most difference of any sample, 0 to 255.", notNegative)
        Setting("min-psnr", \.minPsnr, "x", "Least peak signal-to-noise ratio, in dB.", notNegative)
        Setting("min-ssim", \.minSsim, "x", "Least structural similarity; 1 is the same.", .from(-1, to: 1))
        Setting("max-lab", \.maxLab, "x", "Most difference in colour, mean over the pixels; CIEDE2000, of which 1 is just noticeable.", notNegative)
        Setting("max-lab-pixel", \.maxLabPixel, "x", "Most difference in colour of any pixel; CIEDE2000.", notNegative)
        Setting("min-score-ratio", \.minScoreRatio, "r", "Least score, as a share of the expected one's; both must carry one. From a negative score it may fall by the same share.", notNegative)
    }

    /// Whether the pictures must be the same pixel for pixel.
    var areNone: Bool {
        [maxRms, maxDifference, minPsnr, minSsim, maxLab, maxLabPixel, minScoreRatio].allSatisfy { $0 == nil }
    }

    /// Every measure of a pair's pixels, in the order in which they are shown.
    func measures(of difference: PictureDifference) -> [DiffMeasure] {
        [
            DiffMeasure("rms", difference.rms, decimals: 2, most: maxRms),
            DiffMeasure("difference", difference.maximum, decimals: 1, most: maxDifference),
            DiffMeasure("psnr", difference.psnr, decimals: 1, least: minPsnr),
            DiffMeasure("ssim", difference.structuralSimilarity, decimals: 4, least: minSsim),
            DiffMeasure("lab", difference.meanColor, decimals: 2, most: maxLab),
            DiffMeasure("lab pixel", difference.maximumColor, decimals: 2, most: maxLabPixel),
        ]
    }
}

/// One number that tells how far two pictures are apart, and its bounds.
public struct DiffMeasure: Sendable, Equatable {
    /// "rms"
    public let name: String
    /// In the measure's own unit; infinite for the signal-to-noise ratio of equal pictures.
    public let value: Double
    private let decimals: Int
    /// The largest value that is allowed.
    private let most: Double?
    /// The smallest value that is allowed.
    private let least: Double?

    init(_ name: String, _ value: Double, decimals: Int, most: Double? = nil, least: Double? = nil) {
        (self.name, self.value, self.decimals, self.most, self.least) = (name, value, decimals, most, least)
    }

    private var isTooLarge: Bool { most.map { !(value <= $0) } ?? false }
    private var isTooSmall: Bool { least.map { !(value >= $0) } ?? false }
    /// Whether it keeps its bounds; true where there are none.
    public var isWithin: Bool { !isTooLarge && !isTooSmall }

    /// "rms 3.21", followed by the bound that it is beyond: "rms 3.21 (above 2.0)".
    var words: String {
        let words = "\(name) \(value == .infinity ? "infinite" : rounded(value, decimals))"
        if let most, isTooLarge { return words + " (above \(most))" }
        if let least, isTooSmall { return words + " (below \(least))" }
        return words
    }
}
