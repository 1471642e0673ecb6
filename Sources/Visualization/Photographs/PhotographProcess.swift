import FoundationEssentials
import Tensors

/// A computation that makes a picture from a photograph step by step: a dream, a transfer of style.
public protocol PhotographProcess: Sendable {
    /// Steps taken so far.
    var stepsDone: Int { get }
    /// Steps to take.
    var steps: Int { get }
    /// The share of all work that the steps so far have been, 0…1: steps on larger pictures take longer.
    var workDone: Double { get }
    /// One step.
    /// - Returns: the score before it.
    mutating func step() throws(RenderError) -> Float
    /// The picture as it stands, `[channels, height, width]` in 0…1, always in its final extents.
    func picture() -> Tensor
    /// The score of a picture in the final extents.
    func score(of picture: Tensor) throws(RenderError) -> Float
}

/// What a picture made of a photograph carries in its metadata: the plan, the program that followed it, how far it came.
public struct PhotographRecord: Sendable, Codable, Equatable {
    /// What was made.
    public enum Plan: Sendable, Codable, Equatable {
        case dream(DreamPlan)
        case style(StylePlan)

        /// What `--model` calls the network.
        public var model: String {
            switch self {
            case .dream(let plan): plan.model
            case .style(let plan): plan.model
            }
        }

        /// SHA-256 of the network's weights.
        public var weights: String {
            switch self {
            case .dream(let plan): plan.weights
            case .style(let plan): plan.weights
            }
        }

        /// The kernels that everything is computed with.
        public var profile: NumericProfile? {
            switch self {
            case .dream(let plan): plan.profile
            case .style(let plan): plan.profile
            }
        }

        /// SHA-256 of the photographs that it names.
        public var pictures: [String: String] {
            switch self {
            case .dream(let plan): plan.pictures
            case .style(let plan): plan.pictures
            }
        }

        /// Steps in all.
        public var steps: Int {
            switch self {
            case .dream(let plan): plan.steps
            case .style(let plan): plan.totalSteps
            }
        }

        var fieldOutOfBounds: String? {
            switch self {
            case .dream(let plan): plan.fieldOutOfBounds
            case .style(let plan): plan.fieldOutOfBounds
            }
        }

        private enum CodingKeys: String, CodingKey { case dream, style }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            if let plan = try values.decodeIfPresent(StylePlan.self, forKey: .style) {
                self = .style(plan)
            } else {
                self = .dream(try values.decode(DreamPlan.self, forKey: .dream))
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .dream(let plan): try values.encode(plan, forKey: .dream)
            case .style(let plan): try values.encode(plan, forKey: .style)
            }
        }
    }

    /// "lucid"
    public var software: String
    /// Of the program.
    public var version: String
    /// What was asked for, under the key "dream" or "style".
    public var plan: Plan
    /// Steps taken; fewer than planned if it was interrupted.
    public var stepsDone: Int
    /// Of the finished picture.
    public var score: Float
    /// False if it was interrupted, or if this is a picture of the way there.
    public var complete: Bool
    /// Of a JPEG; nil for a PNG.
    public var quality: Int?

    public init(version: String, plan: Plan, stepsDone: Int, score: Float, quality: Int?) {
        software = "lucid"
        self.version = version
        self.plan = plan
        self.stepsDone = stepsDone
        self.score = score
        self.quality = quality
        complete = stepsDone == plan.steps
    }

    private enum CodingKeys: String, CodingKey { case software, version, stepsDone, score, complete, quality }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        plan = try Plan(from: decoder)
        software = try values.decode(String.self, forKey: .software)
        version = try values.decode(String.self, forKey: .version)
        stepsDone = try values.decode(Int.self, forKey: .stepsDone)
        score = try values.decode(Float.self, forKey: .score)
        complete = try values.decode(Bool.self, forKey: .complete)
        quality = try values.decodeIfPresent(Int.self, forKey: .quality)
    }

    public func encode(to encoder: any Encoder) throws {
        try plan.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(software, forKey: .software)
        try values.encode(version, forKey: .version)
        try values.encode(stepsDone, forKey: .stepsDone)
        try values.encode(score, forKey: .score)
        try values.encode(complete, forKey: .complete)
        try values.encodeIfPresent(quality, forKey: .quality)
    }

    /// One line of JSON, keys in alphabetical order.
    public var json: String { lineOfJSON(self) }

    /// Whether a record's JSON is of this kind rather than a `PictureRecord`.
    public static func describes(json: String) -> Bool {
        struct Kind: Decodable {
            struct Anything: Decodable {}
            let dream: Anything?
            let style: Anything?
        }
        guard let kind = try? JSONDecoder().decode(Kind.self, from: Data(json.utf8)) else { return false }
        return kind.dream != nil || kind.style != nil
    }

    public init(json: String) throws(RecordError) {
        self = try record(ofJSON: json)
        if let field = plan.fieldOutOfBounds { throw RecordError(reason: "its \(field) is out of bounds") }
        guard (0...plan.steps).contains(stepsDone) else { throw RecordError(reason: "its stepsDone is out of bounds") }
        guard quality.map({ (1...100).contains($0) }) ?? true else { throw RecordError(reason: "its quality is out of bounds") }
    }
}
