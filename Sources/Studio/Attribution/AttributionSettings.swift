import Analysis
import Networks
import Tensors

extension AttributionMethod: NamedChoice {}
extension PathRule: NamedChoice {}

/// How a score is traced back to a photograph: everything that goes into the plan beside the network, the photograph and the target.
public struct AttributionSettings: SettingGroup {
    /// The way that the map is made; nil for gradient times activation.
    public var method: AttributionMethod?
    /// The layer of a map over positions; nil for the last one with positions before the target.
    public var layer: String?
    /// What the map is shown by; nil for positions.
    public var by: AttributionView?
    /// The picture without evidence that the photograph is compared with.
    public var baseline: AttributionBaseline = .mean
    /// The numbers; the method is the one above.
    public var recipe = Attribution.Recipe()
    /// The value whose colour is the strongest, above 0; nil for the map's own largest.
    public var limit: Float?
    /// The kernels that the map is computed with.
    public var numerics = NumericSettings()

    public init() {}

    /// The method that is named, or the usual one of what is shown.
    var usedMethod: AttributionMethod { method ?? (by == .value && layer == nil ? .integrated : recipe.method) }

    /// The settings that only some methods use.
    private static let parts: [(name: String, part: AttributionMethod.Part)] = [
        ("baseline", .baseline), ("path-steps", .steps), ("rule", .rule), ("samples", .samples), ("noise", .noise), ("patch", .patch),
        ("seed", .seed), ("low-pass", .lowPass),
    ]

    /// Whether a setting makes a difference to a method's map.
    static func isUsed(_ name: String, by method: AttributionMethod) -> Bool {
        parts.first { $0.name == name }.map { method.parts.contains($0.part) } ?? true
    }

    /// Settings of methods, and whether they say another thing than is usual.
    var saidNumbers: [(name: String, isGiven: Bool)] {
        let usual = Self()
        return [
            ("baseline", baseline != usual.baseline), ("path-steps", recipe.steps != usual.recipe.steps), ("rule", recipe.rule != usual.recipe.rule),
            ("samples", recipe.samples != usual.recipe.samples), ("noise", recipe.noise != usual.recipe.noise),
            ("patch", recipe.patch != usual.recipe.patch),
        ]
    }

    public typealias PlanType = AttributionPlan

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("method", \.method, "name", "How the map is made; \(listed(AttributionMethod.choices)). (default: grad-x-activation)")
        Setting("layer", \.layer, "name", "The layer of a map over positions. (default: the last one with positions before the target)")
        Setting("by", \.by, "what", "Show values by \(listed(AttributionView.choices)). (default: position)", ifIn: \.by)
        Setting("baseline", \.baseline, "what", "What stands for no evidence, in integrated, expected-gradients, conductance, occlusion and rise: \(AttributionBaseline.form).", in: \.baseline).reading()
        Setting("path-steps", \.recipe.steps, "n", "Points of the path from the baseline.", .from(2, to: 100_000), in: \.recipe.steps).called("steps")
        Setting("rule", \.recipe.rule, "name", "How points of the path are placed: \(listed(PathRule.choices)).", in: \.recipe.rule)
        Setting("samples", \.recipe.samples, "n", "Noisy copies of smoothgrad and its kin, draws of expected-gradients, or masks of rise, which needs thousands.", .from(1, to: 1_000_000), in: \.recipe.samples)
        Setting("noise", \.recipe.noise, "x", "Deviation of the copies' noise, as a share of the range of a pixel.", .from(0, to: 1), in: \.recipe.noise)
        Setting("patch", \.recipe.patch, "n", "Side of the patches that occlusion covers, in pixels of the network's picture.", .from(1, to: 4096), in: \.recipe.patch)
        Setting("low-pass", \.recipe.lowPass, "n", "Leave only waves of at most n periods across the picture in a map of pixels, such as 15.", .from(0, to: 4096), ifIn: \.recipe.lowPass)
        Setting("seed", \.recipe.seed, "n", "Seed of noise, draws and masks.", in: \.recipe.seed)
        Setting("limit", \.limit, "v", "The value whose colour is the strongest, to compare several maps. (default: the map's own)", Rule("above 0") { $0.isFinite && $0 > 0 }, ifIn: \.limit)
        NumericSettings.lifted(\.numerics, convolution: { $0.convolution }, isReproducible: { $0.profile != nil })
    }
}
