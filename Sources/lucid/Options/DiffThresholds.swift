import ArgumentParser
import Images

/// How far two pictures may be apart and still count as the same.
struct DiffThresholds: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Root mean square of the differences of the samples, 0 to 255, at most.", valueName: "x"))
    var maxRms: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("Largest difference of a sample, 0 to 255, at most.", valueName: "n"))
    var maxDifference: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("Peak signal-to-noise ratio in dB, at least.", valueName: "x"))
    var minPsnr: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("Structural similarity (1: the same), at least.", valueName: "x"))
    var minSsim: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("Difference in colour (CIEDE2000; 1 is just noticeable), mean over the pixels, at most.", valueName: "x"))
    var maxLab: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("Difference in colour of the pixel that differs most, at most.", valueName: "x"))
    var maxLabPixel: Double?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Score of the new picture as a share of the expected one's, at least; both must carry one. From a negative score it may fall by the same share.",
            valueName: "r"))
    var minScoreRatio: Double?

    func validate() throws {
        let values = [
            ("--max-rms", maxRms), ("--max-difference", maxDifference), ("--min-psnr", minPsnr), ("--max-lab", maxLab),
            ("--max-lab-pixel", maxLabPixel), ("--min-score-ratio", minScoreRatio),
        ]
        for case (let name, let value?) in values {
            guard value >= 0, value.isFinite else { throw ValidationError("\(name) must be 0 or above, not \(value)") }
        }
        if let minSsim, !(-1...1).contains(minSsim) { throw ValidationError("--min-ssim must be from -1 to 1, not \(minSsim)") }
    }

    /// Whether nothing is allowed for: the pictures must be the same pixel for pixel.
    var areNone: Bool {
        [maxRms, maxDifference, minPsnr, minSsim, maxLab, maxLabPixel, minScoreRatio].allSatisfy { $0 == nil }
    }
}

/// One number that tells how far two pictures are apart, and what it may be.
struct DiffMeasure {
    /// As people are told it.
    let name: String
    let value: Double
    let decimals: Int
    /// What it should not exceed, or not fall below; nil if it may be anything.
    let bound: Bound?

    enum Bound {
        case most(Double)
        case least(Double)
    }

    var isWithin: Bool {
        switch bound {
        case .most(let most): value <= most
        case .least(let least): value >= least
        case nil: true
        }
    }

    /// "rms 3.21", and where that is too much, what would not be.
    var words: String {
        let number = value == .infinity ? "infinite" : rounded(value, decimals)
        switch bound {
        case .most(let most) where !isWithin: return "\(name) \(number) (above \(most))"
        case .least(let least) where !isWithin: return "\(name) \(number) (below \(least))"
        default: return "\(name) \(number)"
        }
    }
}

extension DiffThresholds {
    /// Every measure of a pair, in the order in which they are told.
    func measures(of difference: PictureDifference) -> [DiffMeasure] {
        func most(_ value: Double?) -> DiffMeasure.Bound? { value.map { .most($0) } }
        func least(_ value: Double?) -> DiffMeasure.Bound? { value.map { .least($0) } }
        return [
            DiffMeasure(name: "rms", value: difference.rms, decimals: 2, bound: most(maxRms)),
            DiffMeasure(name: "difference", value: difference.maximum, decimals: 1, bound: most(maxDifference)),
            DiffMeasure(name: "psnr", value: difference.psnr, decimals: 1, bound: least(minPsnr)),
            DiffMeasure(name: "ssim", value: difference.structuralSimilarity, decimals: 4, bound: least(minSsim)),
            DiffMeasure(name: "lab", value: difference.meanColor, decimals: 2, bound: most(maxLab)),
            DiffMeasure(name: "lab pixel", value: difference.maximumColor, decimals: 2, bound: most(maxLabPixel)),
        ]
    }
}
