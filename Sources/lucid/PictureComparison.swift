import Files
import Images

/// What a golden picture and a new one come to.
struct PictureComparison {
    /// Two files that are held against each other. In folders both have one name, relative to them.
    struct Files {
        let name: String
        /// The golden picture.
        let expected: String
        let actual: String
    }

    enum Result: String, Encodable {
        case same, different
        /// Only the expected one is there, or only the actual one.
        case missing, extra
        /// One of them is damaged, or cannot be read.
        case unreadable
        /// The new one has taken the golden one's place, or has become one.
        case updated, added
    }

    let files: Files
    var result: Result
    /// Nil where there was nothing to measure.
    private(set) var difference: PictureDifference?
    /// Empty for pictures that are the same pixel for pixel, but for their scores.
    private(set) var measures: [DiffMeasure] = []
    private(set) var scores: (expected: RecordedScores?, actual: RecordedScores?) = (nil, nil)
    private(set) var scoreRatio: Double?
    /// What is to be said beside the measures.
    private(set) var remark: String?
    /// Why one of them cannot be read.
    private(set) var failure: Failure?

    /// A picture without its counterpart: `missing` or `extra`.
    init(_ files: Files, only result: Result) {
        self.files = files
        self.result = result
        remark = result == .missing ? "there is no new one" : "there is no expected one"
    }

    init(_ files: Files, _ thresholds: DiffThresholds, maximumPixels: Int) {
        self.files = files
        do throws(Failure) {
            result = .different
            try compare(thresholds, maximumPixels)
        } catch {
            result = .unreadable
            failure = error
            remark = error.message
        }
    }

    private mutating func compare(_ thresholds: DiffThresholds, _ maximumPixels: Int) throws(Failure) {
        let (expected, actual) = (try Self.bytes(of: files.expected), try Self.bytes(of: files.actual))
        scores = (RecordedScores(ofFile: expected), RecordedScores(ofFile: actual))
        if let expected = scores.expected, let actual = scores.actual {
            scoreRatio = RecordedScores.ratio(expected: expected, actual: actual)
        }
        let difference: PictureDifference
        if expected == actual {
            difference = .none
        } else {
            let before = try Self.picture(expected, files.expected, maximumPixels)
            let after = try Self.picture(actual, files.actual, maximumPixels)
            guard let found = PictureDifference(before, after) else {
                remark = "\(after.width)x\(after.height) pixels instead of \(before.width)x\(before.height)"
                return
            }
            difference = found
        }
        self.difference = difference
        judge(difference, thresholds)
    }

    private mutating func judge(_ difference: PictureDifference, _ thresholds: DiffThresholds) {
        if !difference.isNone { measures = thresholds.measures(of: difference) }
        let bound = thresholds.minScoreRatio.map { DiffMeasure.Bound.least($0) }
        if let scoreRatio {
            measures.append(DiffMeasure(name: "score ratio", value: scoreRatio, decimals: 4, bound: bound))
        } else if bound != nil {
            remark =
                switch scores {
                case (nil, _): "the expected one carries no score"
                case (_, nil): "the new one carries no score"
                default: "the scores are of different things; see `lucid info`"
                }
            return
        }
        let isSame = thresholds.areNone ? difference.isNone : measures.allSatisfy(\.isWithin)
        if isSame { result = .same }
    }

    /// The bytes of a file that begins as a picture does.
    private static func bytes(of path: String) throws(Failure) -> [UInt8] {
        let bytes = try PictureSource.bytes(of: path)
        if PictureFormat(signatureOf: bytes) == nil { _ = try picture(bytes, path, 1) }  // which says what it is instead
        return bytes
    }

    private static func picture(_ bytes: [UInt8], _ path: String, _ maximumPixels: Int) throws(Failure) -> Picture {
        do {
            return try Picture.decode(bytes, name: path, maximumPixels: maximumPixels)
        } catch {
            throw Failure(error)
        }
    }
}

extension PictureComparison {
    /// "different  a.png  rms 3.21 (above 2.0), difference 45.0, …"
    var line: String {
        let words = (remark.map { [$0] } ?? []) + measures.map(\.words)
        return "\(result.rawValue)  \(FileName.shown(files.name))" + (words.isEmpty ? "" : "  " + words.joined(separator: ", "))
    }

    /// What `--json` prints.
    var json: String {
        struct Object: Encodable {
            let name, expected, actual: String
            let result: Result
            let remark: String?
            /// The measures that are beyond their thresholds.
            let beyond: [String]
            let rms, maxDifference, psnr, ssim, lab, labPixel: Double?
            let expectedScores, actualScores: [Float]?
            let scoreRatio: Double?
        }
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        return lucid.json(
            Object(
                name: FileName.shown(files.name), expected: FileName.shown(files.expected), actual: FileName.shown(files.actual),
                result: result, remark: remark, beyond: measures.filter { !$0.isWithin }.map(\.name),
                rms: difference?.rms, maxDifference: difference?.maximum, psnr: finite(difference?.psnr),
                ssim: difference?.structuralSimilarity, lab: difference?.meanColor, labPixel: difference?.maximumColor,
                expectedScores: scores.expected?.scores, actualScores: scores.actual?.scores, scoreRatio: finite(scoreRatio)))
    }
}
