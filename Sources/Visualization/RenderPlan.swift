import FoundationEssentials
import Networks
import Tensors

/// Everything that a picture's bytes depend on, the seed included, and nothing else: no time, path or number of threads. It
/// is the picture's metadata, what `--dry-run` prints, and what `replay` reads.
public struct RenderPlan: Sendable, Codable, Equatable {
    /// What `--model` calls the network.
    public var model: String
    /// SHA-256 of its weights file.
    public var weights: String
    /// In the expression language, penalties included.
    public var objective: String
    /// Of the picture, in pixels.
    public var width: Int
    /// Of the picture, in pixels.
    public var height: Int
    /// Steps uphill.
    public var steps: Int
    /// Of all random numbers.
    public var seed: UInt64
    /// How the picture is written in numbers.
    public var parameterization: ParameterizationName
    /// Of the Fourier image.
    public var decayPower: Float
    /// Optimise decorrelated colours instead of RGB.
    public var decorrelate: Bool
    /// In the language of `--transforms`.
    public var transforms: String
    /// The rule for a step.
    public var optimizer: OptimizerChoice
    /// Size of a step.
    public var learningRate: Float
    /// How the learning rate changes on the way.
    public var schedule: Schedule
    /// What rectifiers do with the gradient: `redirected` in the first `redirectedSteps` steps and `plain` afterwards, the
    /// others throughout.
    public var rectifier: RectifierGradient
    /// The algorithms that convolutions may use: their rounding differs.
    public var convolution: ConvolutionChoice
    /// The kernels that everything is computed with; nil for the fastest that the machine has.
    public var profile: NumericProfile?
    /// Pictures that are drawn together.
    public var count = 1
    /// They share their coarse parts, so that they line up.
    public var shared = false
    /// The picture has an opacity.
    public var alpha = false
    /// Draws of the transforms a step, whose gradients are averaged.
    public var crops = 1
    /// Whom max pooling sends its gradient to.
    public var poolGradient = PoolGradient.winner
    /// The longest that the gradient of the parameters may be.
    public var clipGradient: Float?
    /// The gradient at a picture is brought to a root mean square of 1.
    public var normalizeGradient = false
    /// The render ends once the mean score of 50 steps is within this share of the 50 before.
    public var untilConverged: Float?
    /// The extents that the finished picture is written in, where a canvas can be drawn at any; nil for its own.
    public var outputSize: Network.Size?
    /// Of a JPEG, 1 to 100; nil for a PNG.
    public var quality: Int?
    /// The picture to start from, a name in `pictures`.
    public var start: String?
    /// Where it is black the picture stays what it was, a name in `pictures`.
    public var mask: String?
    /// SHA-256 of the files of the pictures that are named here or in the objective. A name is a file's without its folder.
    public var pictures: [String: String] = [:]
    /// The magnitudes of MaCo; nil for those of natural images.
    public var spectrum: MagnitudeSpectrum?
    /// What the network sees; nil for what comes with the model's name.
    public var preprocessing: Preprocessing?

    /// Lucid's number of steps with redirected gradients.
    public static let redirectedSteps = 16

    public init(
        model: String, weights: String, objective: String, width: Int = 224, height: Int = 224, steps: Int = 512,
        seed: UInt64 = 0, parameterization: ParameterizationName = .fft, decayPower: Float = 1,
        decorrelate: Bool = true, transforms: String = TransformChain.standard.text,
        optimizer: OptimizerChoice = .adam, learningRate: Float? = nil,
        schedule: Schedule = .settle, rectifier: RectifierGradient = .redirected,
        convolution: ConvolutionChoice = .auto, preprocessing: Preprocessing? = nil
    ) {
        self.model = model
        self.weights = weights
        self.objective = objective
        self.width = width
        self.height = height
        self.steps = steps
        self.seed = seed
        self.parameterization = parameterization
        self.decayPower = decayPower
        self.decorrelate = decorrelate
        self.transforms = transforms
        self.optimizer = optimizer
        self.learningRate = learningRate ?? parameterization.canvas.defaultLearningRate(of: optimizer)
        self.schedule = schedule
        self.rectifier = rectifier
        self.convolution = convolution
        self.preprocessing = preprocessing
    }

    /// Reads a plan of this version or an earlier one. What an earlier one does not say is what it was then.
    public init(from decoder: any Decoder) throws {
        let plan = try decoder.container(keyedBy: CodingKeys.self)
        func optional<Value: Decodable>(_ key: CodingKeys) throws -> Value? { try plan.decodeIfPresent(Value.self, forKey: key) }
        model = try plan.decode(String.self, forKey: .model)
        weights = try plan.decode(String.self, forKey: .weights)
        objective = try plan.decode(String.self, forKey: .objective)
        width = try plan.decode(Int.self, forKey: .width)
        height = try plan.decode(Int.self, forKey: .height)
        steps = try plan.decode(Int.self, forKey: .steps)
        seed = try plan.decode(UInt64.self, forKey: .seed)
        parameterization = try plan.decode(ParameterizationName.self, forKey: .parameterization)
        decayPower = try plan.decode(Float.self, forKey: .decayPower)
        decorrelate = try plan.decode(Bool.self, forKey: .decorrelate)
        transforms = try plan.decode(String.self, forKey: .transforms)
        optimizer = try plan.decode(OptimizerChoice.self, forKey: .optimizer)
        learningRate = try plan.decode(Float.self, forKey: .learningRate)
        rectifier = try plan.decode(RectifierGradient.self, forKey: .rectifier)
        schedule = try optional(.schedule) ?? .constant
        convolution = try optional(.convolution) ?? .auto
        profile = try optional(.profile)
        count = try optional(.count) ?? 1
        shared = try optional(.shared) ?? false
        alpha = try optional(.alpha) ?? false
        crops = try optional(.crops) ?? 1
        poolGradient = try optional(.poolGradient) ?? .winner
        clipGradient = try optional(.clipGradient)
        normalizeGradient = try optional(.normalizeGradient) ?? false
        untilConverged = try optional(.untilConverged)
        outputSize = try optional(.outputSize)
        quality = try optional(.quality)
        start = try optional(.start)
        mask = try optional(.mask)
        pictures = try optional(.pictures) ?? [:]
        spectrum = try optional(.spectrum)
        preprocessing = try optional(.preprocessing)
    }

    /// The first number that no command would put into a plan: a plan from a file may hold anything.
    var fieldOutOfBounds: String? {
        func isPositive(_ value: Float?) -> Bool { value.map { $0.isFinite && $0 > 0 } ?? true }
        let checks: [(String, Bool)] = [
            ("width", (1...1_000_000).contains(width)), ("height", (1...1_000_000).contains(height)),
            ("steps", (0...10_000_000).contains(steps)), ("count", (1...64).contains(count)),
            ("crops", (1...1024).contains(crops)), ("decayPower", decayPower.isFinite && abs(decayPower) <= 10),
            ("learningRate", isPositive(learningRate)), ("clipGradient", isPositive(clipGradient)),
            ("untilConverged", isPositive(untilConverged)), ("quality", (1...100).contains(quality ?? 1)),
            ("outputSize", outputSize.map { (1...1_000_000).contains($0.width) && (1...1_000_000).contains($0.height) } ?? true),
            ("spectrum", spectrum.map { (1...65_536).contains($0.rings.count) && $0.rings.allSatisfy { $0.isFinite && $0 >= 0 } } ?? true),
        ]
        return checks.first { !$0.1 }?.0
    }

    /// What rectifiers do at a step counted from 0.
    func rectifier(atStep step: Int) -> RectifierGradient {
        rectifier == .redirected && step >= Self.redirectedSteps ? .plain : rectifier
    }
}

/// What a picture carries in its metadata: the plan, the program that followed it, and how far it came.
public struct PictureRecord: Sendable, Codable, Equatable {
    /// "lucid"
    public var software: String
    /// Of the program.
    public var version: String
    /// What was asked for.
    public var plan: RenderPlan
    /// Steps taken; fewer than planned if the render was interrupted.
    public var stepsDone: Int
    /// The objective on the finished picture, without transforms.
    public var score: Float
    /// Which of the pictures that were drawn together this is, counted from 0.
    public var picture: Int?
    /// False if the render was interrupted, or if this is a picture of the way there.
    public var complete: Bool

    public init(
        version: String, plan: RenderPlan, stepsDone: Int, score: Float, picture: Int? = nil, converged: Bool = false
    ) {
        software = "lucid"
        self.version = version
        self.plan = plan
        self.stepsDone = stepsDone
        self.score = score
        self.picture = picture
        complete = stepsDone == plan.steps || converged
    }

    /// The keyword of the PNG text chunk that holds this as JSON.
    public static let keyword = "lucid"

    /// One line of JSON, keys in alphabetical order.
    public var json: String { lineOfJSON(self) }

    public init(json: String) throws(RecordError) {
        self = try record(ofJSON: json)
        if let field = plan.fieldOutOfBounds { throw RecordError(reason: "its \(field) is out of bounds") }
        guard (0...plan.steps).contains(stepsDone) else { throw RecordError(reason: "its stepsDone is out of bounds") }
        guard (0..<plan.count).contains(picture ?? 0) else { throw RecordError(reason: "its picture is out of bounds") }
    }
}

/// What a sheet carries in its metadata: the records of its pictures, in their order.
public struct SheetRecord: Sendable, Codable {
    /// "lucid"
    public var software = "lucid"
    /// Of the program.
    public var version: String
    /// Row by row.
    public var pictures: [PictureRecord]

    public init(version: String, pictures: [PictureRecord]) {
        self.version = version
        self.pictures = pictures
    }

    /// One line of JSON, keys in alphabetical order.
    public var json: String { lineOfJSON(self) }

    public init(json: String) throws { self = try JSONDecoder().decode(SheetRecord.self, from: Data(json.utf8)) }
}

/// Metadata that cannot be read.
public struct RecordError: Error, CustomStringConvertible {
    let reason: String
    public var description: String { "its metadata cannot be read: \(reason)" }

    /// What a decoder complains about, in a few words.
    static func reason(of error: DecodingError) -> String {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + [last].compactMap { $0 }).map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(path(context, key)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(path(context)) is of another kind"
        case .dataCorrupted(let context): context.codingPath.isEmpty ? "it is not JSON" : "\(path(context)): \(context.debugDescription)"
        @unknown default: "it is of another kind"
        }
    }
}

/// A record that has yet to be held against its bounds.
func record<Record: Decodable>(ofJSON json: String) throws(RecordError) -> Record {
    do {
        return try JSONDecoder().decode(Record.self, from: Data(json.utf8))
    } catch let error as DecodingError {
        throw RecordError(reason: RecordError.reason(of: error))
    } catch {
        throw RecordError(reason: "it is not JSON")
    }
}

/// Keys in alphabetical order.
func lineOfJSON(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("a record can always be encoded") }
    return String(decoding: data, as: UTF8.self)
}
