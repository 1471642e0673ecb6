import FoundationEssentials
import Images
import Visualization

/// The metadata of a picture file: the program, and how each picture in it was made. A PNG has it as JSON in a text chunk, a
/// JPEG as its comment.
public struct Record: Sendable, Equatable {
    /// "lucid"
    public var software = "lucid"
    /// The program's version.
    public var version: String
    /// One, or a sheet's, row by row.
    public var pictures: [DrawnPicture]
    /// Whether this is of a sheet, even of one picture.
    public var isSheet: Bool

    /// The keyword of the PNG text chunk that holds this as JSON.
    public static let keyword = "lucid"

    /// The record of a single picture.
    public init(_ picture: DrawnPicture, version: String = Studio.version) {
        (pictures, self.version, isSheet) = ([picture], version, false)
    }

    /// The record of a sheet.
    public init(sheet pictures: [DrawnPicture], version: String = Studio.version) {
        (self.pictures, self.version, isSheet) = (pictures, version, true)
    }

    /// Whether this is of a chart or a sheet of pictures that were there: it has no score.
    var isChart: Bool { if case .chart = pictures.first?.plan { true } else { false } }

    /// One line of JSON with its keys in alphabetical order.
    public var json: String { Studio.json(self) }
}

/// How one picture was made, and how far it came.
public struct DrawnPicture: Sendable, Codable, Equatable {
    /// The plan that was followed.
    public var plan: Plan
    /// Steps taken; fewer than planned if it was interrupted.
    public var stepsDone: Int
    /// The objective on the finished picture, without transforms.
    public var score: Float
    /// False if it was interrupted, or if this is a picture from on the way.
    public var complete: Bool
    /// Its place among the pictures that were drawn together, from 0.
    public var picture: Int?
    /// A JPEG's quality, 1 to 100; nil for a PNG.
    public var quality: Int?
    /// Bits of a sample, where they were asked for.
    public var depth: Int?

    /// - Parameter converged: whether it ended early by the plan's own criterion, and is complete nevertheless.
    public init(
        plan: Plan, stepsDone: Int, score: Float, picture: Int? = nil, converged: Bool = false, quality: Int? = nil,
        depth: Int? = nil
    ) {
        self.init(
            plan: plan, stepsDone: stepsDone, score: score, complete: stepsDone == plan.steps || converged, picture: picture, quality: quality,
            depth: depth)
    }

    fileprivate init(plan: Plan, stepsDone: Int, score: Float, complete: Bool, picture: Int?, quality: Int?, depth: Int?) {
        (self.plan, self.stepsDone, self.score) = (plan, stepsDone, score)
        (self.complete, self.picture, self.quality, self.depth) = (complete, picture, quality, depth)
    }
}

extension Record: Codable {
    private enum CodingKeys: String, CodingKey { case software, version, pictures }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        software = try values.decode(String.self, forKey: .software)
        version = try values.decode(String.self, forKey: .version)
        isSheet = values.contains(.pictures)
        // A sheet's pictures had records of their own before version 0.2, with these keys beside others.
        pictures =
            isSheet
            ? try values.decode([AnyPicture].self, forKey: .pictures).map(\.picture) : [try AnyPicture(from: decoder).picture]
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(software, forKey: .software)
        try values.encode(version, forKey: .version)
        if isSheet { try values.encode(pictures, forKey: .pictures) } else { try pictures[0].encode(to: encoder) }
    }
}

/// A picture's record as this version writes it, or one of the two shapes of version 0.1: a render's plan by itself under "plan",
/// with a JPEG's quality in it; or a dream's or a style's under its kind.
private struct AnyPicture: Decodable {
    let picture: DrawnPicture

    private enum CodingKeys: String, CodingKey { case plan, stepsDone, score, picture, complete, quality, depth }

    private enum KindKeys: String, CodingKey { case dream, style }

    private struct Quality: Decodable { let quality: Int? }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let kinds = try decoder.container(keyedBy: KindKeys.self)
        var quality = try values.decodeIfPresent(Int.self, forKey: .quality)
        let plan: Plan
        if kinds.contains(.dream) {
            plan = .dream(try kinds.decode(DreamPlan.self, forKey: .dream))
        } else if kinds.contains(.style) {
            plan = .style(try kinds.decode(StylePlan.self, forKey: .style))
        } else {
            plan = try values.decode(Plan.self, forKey: .plan)
            quality = try quality ?? values.decode(Quality.self, forKey: .plan).quality
        }
        picture = DrawnPicture(
            plan: plan, stepsDone: try values.decode(Int.self, forKey: .stepsDone), score: try values.decode(Float.self, forKey: .score),
            complete: try values.decode(Bool.self, forKey: .complete), picture: try values.decodeIfPresent(Int.self, forKey: .picture),
            quality: quality, depth: try values.decodeIfPresent(Int.self, forKey: .depth))
    }
}
