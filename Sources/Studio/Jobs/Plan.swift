import Networks
import Tensors
import Visualization

/// Everything that the result of a job depends on, and nothing else: no time, path or number of threads.
public enum Plan: Sendable, Codable, Equatable {
    /// A picture from noise or from another picture, or several that are drawn together.
    case picture(RenderPlan)
    case dream(DreamPlan)
    case style(StylePlan)
    case flight(FlightPlan)
    case diversity(DiversityPlan)
    case facets(FacetsPlan)
    /// Pictures on one sheet.
    case sheet(SheetPlan)
    /// A chart or a sheet of pictures that were there, by a command that draws none.
    case chart(ChartPlan)
    /// The part of a photograph that a score comes from.
    case attribution(AttributionPlan)
    /// What units answer to among simple stimuli.
    case tuning(TuningPlan)
    /// Photographs that a unit answers to.
    case exemplars(ExemplarsPlan)

    /// A flight into a dream: each frame is the one before, enlarged a little and dreamt on again.
    public struct FlightPlan: Sendable, Codable, Equatable {
        /// The first frame's; its `zoom` is the enlargement from frame to frame.
        public var dream: DreamPlan
        public var frames: Int
        /// Frames a second.
        public var rate: Double
    }

    /// Several distinct pictures of one channel.
    public struct DiversityPlan: Sendable, Codable, Equatable {
        /// The pictures', without the term that sets them apart.
        public var pictures: RenderPlan
        public var layer: String
        /// The term's weight in per cent of the channel's score; nil to try out.
        public var weight: Float?
    }

    /// How many facets pictures of one channel show.
    public struct FacetsPlan: Sendable, Codable, Equatable {
        public var model: String
        /// SHA-256 of the network's weights.
        public var weights: String
        public var layer: String
        /// How alike the pictures of a facet are, 0 to 1.
        public var threshold: Double
        /// A picture for each seed; none where pictures were given.
        public var pictures: [RenderPlan]
        /// SHA-256 of pictures that were given, by their names.
        public var given: [String: String]?
    }

    public struct SheetPlan: Sendable, Codable, Equatable {
        public var pictures: [RenderPlan]
        /// Pictures in a row; nil for a grid as square as can be.
        public var columns: Int?
    }

    /// The network's input as it was given, where a picture's plan says it.
    var preprocessing: Preprocessing? {
        switch self {
        case .picture(let plan): plan.preprocessing
        case .dream(let plan): plan.preprocessing
        case .style(let plan): plan.preprocessing
        default: nil
        }
    }

    private enum CodingKeys: String, CodingKey { case kind }

    private enum Kind: String, Codable { case picture, dream, style, flight, diversity, facets, sheet, chart, attribution, tuning, exemplars }

    private var contents: (kind: Kind, plan: any Encodable) {
        switch self {
        case .picture(let plan): (.picture, plan)
        case .dream(let plan): (.dream, plan)
        case .style(let plan): (.style, plan)
        case .flight(let plan): (.flight, plan)
        case .diversity(let plan): (.diversity, plan)
        case .facets(let plan): (.facets, plan)
        case .sheet(let plan): (.sheet, plan)
        case .chart(let plan): (.chart, plan)
        case .attribution(let plan): (.attribution, plan)
        case .tuning(let plan): (.tuning, plan)
        case .exemplars(let plan): (.exemplars, plan)
        }
    }

    /// Without a "kind" it is a picture's plan, as version 0.1 wrote them.
    public init(from decoder: any Decoder) throws {
        let kind = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Kind.self, forKey: .kind) ?? .picture
        self =
            switch kind {
            case .picture: .picture(try RenderPlan(from: decoder))
            case .dream: .dream(try DreamPlan(from: decoder))
            case .style: .style(try StylePlan(from: decoder))
            case .flight: .flight(try FlightPlan(from: decoder))
            case .diversity: .diversity(try DiversityPlan(from: decoder))
            case .facets: .facets(try FacetsPlan(from: decoder))
            case .sheet: .sheet(try SheetPlan(from: decoder))
            case .chart: .chart(try ChartPlan(from: decoder))
            case .attribution: .attribution(try AttributionPlan(from: decoder))
            case .tuning: .tuning(try TuningPlan(from: decoder))
            case .exemplars: .exemplars(try ExemplarsPlan(from: decoder))
            }
    }

    /// The plan's own fields, and its "kind" beside them.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(contents.kind, forKey: .kind)
        try contents.plan.encode(to: encoder)
    }

    /// The fields of every plan, whatever its kind.
    private struct Common {
        var model: String
        var weights: String
        var profile: NumericProfile?
        var pictures: [String: String]
        var steps: Int

        init(_ plan: RenderPlan) {
            (model, weights, profile, pictures, steps) = (plan.model, plan.weights, plan.profile, plan.pictures, plan.steps)
        }

        init(_ plan: DreamPlan) {
            (model, weights, profile, pictures, steps) = (plan.model, plan.weights, plan.profile, plan.pictures, plan.steps)
        }

        init(_ plan: StylePlan) {
            (model, weights, profile, pictures, steps) = (plan.model, plan.weights, plan.profile, plan.pictures, plan.totalSteps)
        }

        init(model: String, weights: String, pictures: [String: String], steps: Int) {
            (self.model, self.weights, self.pictures, self.steps) = (model, weights, pictures, steps)
        }

        /// - Parameter plans: one at least.
        init(_ plans: [RenderPlan]) {
            self.init(plans[0])
            for plan in plans.dropFirst() {
                steps += plan.steps
                pictures.merge(plan.pictures) { first, _ in first }
            }
        }
    }

    private var common: Common {
        switch self {
        case .picture(let plan): return Common(plan)
        case .dream(let plan): return Common(plan)
        case .style(let plan): return Common(plan)
        case .flight(let plan):
            var common = Common(plan.dream)
            common.steps *= plan.frames
            return common
        case .diversity(let plan): return Common(plan.pictures)
        case .facets(let plan):
            guard plan.pictures.isEmpty else { return Common(plan.pictures) }
            return Common(model: plan.model, weights: plan.weights, pictures: plan.given ?? [:], steps: 0)
        case .sheet(let plan): return Common(plan.pictures)
        case .chart(let plan): return Common(model: "", weights: "", pictures: plan.pictures, steps: 0)
        case .attribution(let plan):
            var common = Common(model: plan.model, weights: plan.weights, pictures: plan.pictures, steps: 1)
            common.profile = plan.profile
            return common
        case .tuning(let plan):
            var common = Common(model: plan.model, weights: plan.weights, pictures: [:], steps: 1)
            common.profile = plan.profile
            return common
        case .exemplars(let plan):
            var common = Common(model: plan.model, weights: plan.weights, pictures: plan.pictures, steps: 1)
            common.profile = plan.profile
            return common
        }
    }

    /// The name by which the network is asked for.
    public var model: String { common.model }
    /// SHA-256 of the network's weights.
    public var weights: String { common.weights }
    /// The kernels that everything is computed with; nil for the fastest.
    public var profile: NumericProfile? { common.profile }
    /// SHA-256 of the photographs, by the plan's names for them.
    public var pictures: [String: String] { common.pictures }
    /// Steps in all.
    public var steps: Int { common.steps }

    /// The objective; "style" for a transfer of style.
    public var objective: String {
        switch self {
        case .picture(let plan): plan.objective
        case .dream(let plan): plan.objective
        case .style: "style"
        case .flight(let plan): plan.dream.objective
        case .diversity(let plan): plan.pictures.objective
        case .facets(let plan): plan.pictures.first?.objective ?? "facets"
        case .sheet(let plan): plan.pictures[0].objective
        case .chart(let plan): plan.command
        case .attribution(let plan): plan.objective
        case .tuning(let plan): "tuning of \(plan.subject)"
        case .exemplars(let plan): plan.words
        }
    }

    /// A single picture's seed; nil of others.
    public var seed: UInt64? { if case .picture(let plan) = self { plan.seed } else { nil } }

    /// The same plan, as pictures from on the way to its end have it: those are written in their own size.
    var onTheWay: Plan {
        guard case .picture(var plan) = self else { return self }
        plan.outputSize = nil
        return .picture(plan)
    }
}
