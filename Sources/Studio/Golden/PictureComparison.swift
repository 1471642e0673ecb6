import Files
import Images

/// A golden picture held against a new one.
public struct PictureComparison: Sendable {
    /// Two files that are compared.
    public struct Files: Sendable, Equatable {
        /// Their path within two folders; for two single pictures that of the new one.
        public let name: String
        /// The golden picture.
        public let expected: String
        /// The new picture.
        public let actual: String
    }

    /// How the comparison of two files ended.
    public enum Result: String, Sendable, Encodable {
        /// Within the bounds; without any, the same samples.
        case same
        /// Beyond a bound.
        case different
        /// Only the expected picture is there, or only the actual one.
        case missing, extra
        /// One of them is damaged, or cannot be read.
        case unreadable
        /// The new picture has replaced the golden one, or has become one.
        case updated, added
    }

    /// The two files.
    public let files: Files
    /// How it ended.
    public internal(set) var result: Result
    /// Nil where there was nothing to measure.
    public private(set) var difference: PictureDifference?
    /// Without those of the pixels for pictures that are the same pixel for pixel.
    public private(set) var measures: [DiffMeasure] = []
    /// The scores in the pictures' records.
    public private(set) var scores: (expected: RecordedScores?, actual: RecordedScores?) = (nil, nil)
    /// The new score as a share of the expected one; see `RecordedScores`.
    public private(set) var scoreRatio: Double?
    /// Said beside the measures.
    public private(set) var remark: String?
    /// Why one of them cannot be read.
    public private(set) var problem: Problem?
    /// The time that it took.
    var seconds = 0.0

    /// A picture without its counterpart: `missing` or `extra`.
    init(_ files: Files, only result: Result) {
        self.files = files
        self.result = result
        remark = result == .missing ? "there is no new one" : "there is no expected one"
    }

    init(_ files: Files, _ thresholds: DiffThresholds, maximumPixels: Int) {
        self.files = files
        do throws(Problem) {
            result = .different
            try compare(thresholds, maximumPixels)
        } catch {
            result = .unreadable
            problem = error
            remark = error.message.description
        }
    }

    private mutating func compare(_ thresholds: DiffThresholds, _ maximumPixels: Int) throws(Problem) {
        let (expected, actual) = (try Self.bytes(of: files.expected), try Self.bytes(of: files.actual))
        scores = (RecordedScores(ofFile: expected), RecordedScores(ofFile: actual))
        if let expected = scores.expected, let actual = scores.actual {
            scoreRatio = RecordedScores.ratio(expected: expected, actual: actual)
        }
        let difference: PictureDifference
        if expected == actual {
            difference = .none
        } else {
            let before = try Picture.decoding(expected, name: files.expected, maximumPixels: maximumPixels)
            let after = try Picture.decoding(actual, name: files.actual, maximumPixels: maximumPixels)
            try checkMemory(
                before.width * before.height * Self.bytesPerPixel, of: "\(files.name): comparing \(before.width)x\(before.height) pixels",
                advice: "compare smaller pictures")
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
        if let scoreRatio {
            measures.append(DiffMeasure("score ratio", scoreRatio, decimals: 4, least: thresholds.minScoreRatio))
        } else if thresholds.minScoreRatio != nil {
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

    /// Two pictures with their colours as numbers, and where they differ.
    private static let bytesPerPixel = 24

    /// The bytes of a file that begins as a picture does.
    private static func bytes(of path: String) throws(Problem) -> [UInt8] {
        let bytes = try StandardInput.bytes(of: path)
        // Decoding anything else fails with what it is instead.
        if PictureFormat(signatureOf: bytes) == nil { _ = try asProblem { try Picture.decode(bytes, name: path) } }
        return bytes
    }
}

extension PictureComparison {
    /// "different  a.png  rms 3.21 (above 2.0), difference 45.0, …"
    public var line: String {
        let words = (remark.map { [$0] } ?? []) + measures.map(\.words)
        return "\(result.rawValue)  \(FileName.shown(files.name))" + (words.isEmpty ? "" : "  " + words.joined(separator: ", "))
    }

    /// The same as one line of JSON.
    public var json: String {
        struct Object: Encodable {
            let name, expected, actual: String
            let result: Result
            let remark: String?
            /// The measures that are beyond their thresholds.
            let beyond: [String]
            let rms, maxDifference, psnr, ssim, lab, labPixel: Double?
            let expectedScores, actualScores: [Float]?
            let scoreUnit: String?
            let scoreRatio: Double?
        }
        // JSON has no infinity.
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        return Studio.json(
            Object(
                name: FileName.shown(files.name), expected: FileName.shown(files.expected), actual: FileName.shown(files.actual),
                result: result, remark: remark, beyond: measures.filter { !$0.isWithin }.map(\.name),
                rms: difference?.rms, maxDifference: difference?.maximum, psnr: finite(difference?.psnr),
                ssim: difference?.structuralSimilarity, lab: difference?.meanColor, labPixel: difference?.maximumColor,
                expectedScores: scores.expected?.scores, actualScores: scores.actual?.scores,
                scoreUnit: scoreRatio == nil ? nil : scores.expected?.measures.shared, scoreRatio: finite(scoreRatio)))
    }
}
