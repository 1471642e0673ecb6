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
    /// The numbers; the method is the one above.
    public var recipe = Attribution.Recipe()
    public var limit: Float?
    public var numerics = NumericSettings()

    public init() {}

    public typealias PlanType = AttributionPlan

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("method", \.method, "name", "How the map is made; \(listed(AttributionMethod.choices)). (default: grad-x-activation)")
        Setting("layer", \.layer, "name", "The layer of a map over positions. (default: the last one with positions before the target)")
        Setting("baseline", \.baseline, "name", "What stands for no evidence, in integrated, conductance, occlusion and rise: \(AttributionBaseline.form).", in: \.baseline)
        Setting("path-steps", \.recipe.steps, "n", "Points of the path from the baseline.", .from(2, to: 100_000), in: \.recipe.steps).called("steps")
        Setting("rule", \.recipe.rule, "name", "How points of the path are placed: \(listed(PathRule.choices)).", in: \.recipe.rule)
        Setting("samples", \.recipe.samples, "n", "Noisy copies of smoothgrad and its kin, or masks of rise, which needs thousands.", .from(1, to: 1_000_000), in: \.recipe.samples)
        Setting("noise", \.recipe.noise, "x", "Deviation of the copies' noise, as a share of the range of a pixel.", .from(0, to: 1), in: \.recipe.noise)
        Setting("patch", \.recipe.patch, "n", "Side of the patches that occlusion covers, in pixels of the network's picture.", .from(1, to: 4096), in: \.recipe.patch)
        Setting("seed", \.recipe.seed, "n", "Seed of noise and masks.", in: \.recipe.seed)
        Setting("limit", \.limit, "v", "The value of the strongest colour; to compare several maps. (default: the map's own)", Rule("above 0") { $0.isFinite && $0 > 0 }, ifIn: \.limit)
        NumericSettings.lifted(\.numerics, convolution: { $0.convolution }, isReproducible: { $0.profile != nil })
    }
}
