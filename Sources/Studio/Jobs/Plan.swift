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
        public var pictures: [RenderPlan]
        public var layer: String
        /// How alike the pictures of a facet are, 0 to 1.
        public var threshold: Double
    }

    public struct SheetPlan: Sendable, Codable, Equatable {
        public var pictures: [RenderPlan]
        /// Pictures in a row; nil for a grid as square as can be.
        public var columns: Int?
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case picture, dream, style, flight, diversity, facets, sheet }

    /// Whether the JSON of a plan is that of an enumeration, as it has been since version 0.2.
    static func isKind(_ key: String) -> Bool { CodingKeys(stringValue: key) != nil }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard let kind = values.allKeys.first else {
            throw DecodingError.dataCorrupted(.init(codingPath: values.codingPath, debugDescription: "it says no kind of picture that is known"))
        }
        self =
            switch kind {
            case .picture: .picture(try values.decode(RenderPlan.self, forKey: kind))
            case .dream: .dream(try values.decode(DreamPlan.self, forKey: kind))
            case .style: .style(try values.decode(StylePlan.self, forKey: kind))
            case .flight: .flight(try values.decode(FlightPlan.self, forKey: kind))
            case .diversity: .diversity(try values.decode(DiversityPlan.self, forKey: kind))
            case .facets: .facets(try values.decode(FacetsPlan.self, forKey: kind))
            case .sheet: .sheet(try values.decode(SheetPlan.self, forKey: kind))
            }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .picture(let plan): try values.encode(plan, forKey: .picture)
        case .dream(let plan): try values.encode(plan, forKey: .dream)
        case .style(let plan): try values.encode(plan, forKey: .style)
        case .flight(let plan): try values.encode(plan, forKey: .flight)
        case .diversity(let plan): try values.encode(plan, forKey: .diversity)
        case .facets(let plan): try values.encode(plan, forKey: .facets)
        case .sheet(let plan): try values.encode(plan, forKey: .sheet)
        }
    }

    /// What every plan says, whatever its kind.
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
        case .facets(let plan): return Common(plan.pictures)
        case .sheet(let plan): return Common(plan.pictures)
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

    /// What is climbed: an objective, or "style".
    public var objective: String {
        switch self {
        case .picture(let plan): plan.objective
        case .dream(let plan): plan.objective
        case .style: "style"
        case .flight(let plan): plan.dream.objective
        case .diversity(let plan): plan.pictures.objective
        case .facets(let plan): plan.pictures[0].objective
        case .sheet(let plan): plan.pictures[0].objective
        }
    }
}
