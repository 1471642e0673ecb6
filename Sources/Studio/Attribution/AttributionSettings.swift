import Analysis
import Networks
import Tensors

extension AttributionMethod: NamedChoice {}
extension PathRule: NamedChoice {}

/// How a score is traced back to a photograph: everything that goes into the plan beside the network, the photograph and the target.
public struct AttributionSettings: SettingGroup {
    public var method: AttributionMethod?
    public var layer: String?
    public var baseline: AttributionBaseline = .mean
    public var pathSteps = 50
    public var rule = PathRule.gauss
    public var samples = 50
    public var noise: Float = 0.15
    public var patch = 32
    public var seed: UInt64 = 0
    public var limit: Float?
    public var reproducible = false

    public init() {}

    public typealias PlanType = AttributionPlan

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("method", \.method, "name", "How: \(listed(AttributionMethod.choices)). (default: grad-x-activation)")
        Setting("layer", \.layer, "name", "The layer of a map over positions. (default: the last one with positions before the target)")
        Setting("baseline", \.baseline, "name", "What stands for no evidence, in integrated, conductance, occlusion and rise: \(AttributionBaseline.form).", in: \.baseline)
        Setting("path-steps", \.pathSteps, "n", "Points of the path from the baseline.", .from(2, to: 100_000), in: \.steps).called("steps")
        Setting("rule", \.rule, "name", "How points of the path are placed: \(listed(PathRule.choices)).", in: \.rule)
        Setting("samples", \.samples, "n", "Noisy copies of smoothgrad and its kin, or masks of rise, which needs thousands.", .from(1, to: 1_000_000), in: \.samples)
        Setting("noise", \.noise, "x", "Deviation of the copies' noise, as a share of the range of a pixel.", .from(0, to: 1), in: \.noise)
        Setting("patch", \.patch, "n", "Side of the patches that occlusion covers, in pixels of the network's picture.", .from(1, to: 4096), in: \.patch)
        Setting("seed", \.seed, "n", "Seed of noise and masks.", in: \.seed)
        Setting("limit", \.limit, "v", "The value whose colour is the strongest, to compare several maps. (default: the map's own)", Rule("above 0") { $0.isFinite && $0 > 0 }, ifIn: \.limit)
        Setting("reproducible", flag: \.reproducible, "Compute with fixed kernels, so that every x86-64 machine with AVX2 finds the same numbers.") { $0.profile != nil }
    }

    /// The kernels that a plan is computed with.
    var profile: NumericProfile? { reproducible ? .x86v3 : nil }
}
