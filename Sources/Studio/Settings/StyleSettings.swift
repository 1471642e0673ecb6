import Images
import Networks
import Visualization

/// How a style is taken on: everything that goes into its plan beside the network and the pictures.
public struct StyleSettings: SettingGroup {
    /// How the picture is found.
    public enum Method: String, NamedChoice {
        /// Gram matrices (Gatys, Ecker and Bethge 2015, arXiv:1508.06576).
        case gatys
        /// Mean differences, and a picture written in frequencies, as in tensorflow/lucid.
        case lucid
    }

    /// The losses, and how the picture is written.
    public var method = Method.gatys
    /// The result's extents in pixels; nil for 512 on the longer side.
    public var size: PictureSize?
    /// Steps at the smallest size; nil for the method's.
    public var steps: Int?
    /// Sizes to go through, 1…10; nil for those from about 256 pixels on.
    public var stages: Int?
    /// Weight of the styles; nil for `StylePlan.styleWeight`.
    public var styleWeight: Float?
    /// Weight of the photograph; nil for `StylePlan.contentWeight`.
    public var contentWeight: Float?
    /// Shares of several styles, at least 0; nil for equal ones.
    public var blend: NumberList?
    /// The longer side of the styles against the result's; nil for 1.
    public var styleScale: Float?
    /// Whether the photograph's colours stay.
    public var keepColors = false
    /// Pictures that are white where each style goes, in the order of the styles.
    public var mask: [String] = []
    /// Whether it begins from noise.
    public var fromNoise = false
    /// A picture to begin from; nil for the photograph or noise.
    public var start: String?
    /// Weight of the mean squared difference of neighbouring pixels; nil for `StylePlan.totalVariation`.
    public var tv: Float?
    /// Layers where the photograph is compared; none for the usual one.
    public var contentLayer: [LayerShare] = []
    /// Layers where the styles are compared; none for the usual ones.
    public var styleLayer: [LayerShare] = []
    /// The rule for a step; nil for Adam.
    public var optimizer: OptimizerChoice?
    /// The optimizer's step, above 0; nil for the usual one.
    public var learningRate: Float?
    /// Seed of the noise; nil for 0.
    public var seed: UInt64?
    /// Where max pooling sends its gradient; nil for the winner.
    public var poolGradient: PoolGradient?
    /// The kernels that the picture is computed with.
    public var numerics = NumericSettings()

    public init() {}

    public typealias PlanType = StylePlan

    private static let weights = Rule<Float>("0 to \(Int(StylePlan.weightBounds.upperBound))") { StylePlan.weightBounds.contains($0) }

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("method", \.method, "name", "gatys, or lucid: mean differences and a picture written in frequencies, as tensorflow/lucid has it.")
        Setting("size", \.size, "n", "The longer side in pixels, or WIDTHxHEIGHT. (default: 512)")
        Setting("steps", \.steps, "n", "Steps at the smallest size; each larger size takes half as many as the one before. (default: 300; with the method lucid 512)", .from(0, to: 1_000_000))
        Setting("stages", \.stages, "n", "Sizes to go through, each twice the one before. (default: from about 256 pixels on)", .from(1, to: 10))
        Setting("style-weight", \.styleWeight, "w", "Weight of the styles. (default: \(StylePlan.styleWeight.text))", weights, in: \.styleWeight)
        Setting("content-weight", \.contentWeight, "w", "Weight of the photograph. (default: \(StylePlan.contentWeight.text))", weights, in: \.contentWeight)
        Setting("blend", \.blend, "list", "The shares of several styles, e.g. 2,1. (default: equal)", Rule("shares of at least 0, not all of them 0") { list in list.numbers.allSatisfy { $0 >= 0 } && list.numbers.contains { $0 > 0 } })
        Setting("style-scale", \.styleScale, "s", "The longer side of the styles against the result's; above 1 for coarser strokes. (default: 1)", .from(0.05, to: 20), in: \.styleScale)
        Setting("keep-colors", flag: \.keepColors, "Keep the photograph's colours.", in: \.keepColors)
        Setting("mask", list: \.mask, "picture", "Where it is white the style is taken on; several go with the styles in their order.").reading()
        Setting("from-noise", flag: \.fromNoise, "Begin from noise instead of the photograph.") { $0.beginning == .noise }
        Setting("start", \.start, "picture", "Begin from this picture.").reading()
        Setting("tv", \.tv, "w", "Weight of the mean squared difference of neighbouring pixels, which smooths. (default: \(StylePlan.totalVariation.text))", weights, in: \.totalVariation)
        Setting("content-layer", list: \.contentLayer, "name[=share]", "A layer where the photograph is compared, perhaps with its share; several may be given. (default: the usual one)")
        Setting("style-layer", list: \.styleLayer, "name[=share]", "A layer where the styles are compared. (default: the usual ones)")
        Setting("optimizer", \.optimizer, "name", "\(listed(OptimizerChoice.rules.map { $0.name })). (default: adam)", in: \.optimizer)
        Setting("learning-rate", \.learningRate, "r", "The optimizer's step. (default: \(StylePlan.learningRate), lbfgs 1)", Rule("above 0 and at most 1000") { $0 > 0 && $0 <= 1000 }, in: \.learningRate)
        Setting("seed", \.seed, "n", "Seed of the noise. (default: 0)", in: \.seed)
        Setting("pool-gradient", \.poolGradient, "name", "Where max pooling sends its gradient: to the winner (the derivative), or to the average of the window. (default: winner)", in: \.poolGradient)
        NumericSettings.lifted(\.numerics, convolution: { $0.convolution }, isReproducible: { $0.profile != nil })
    }

    public func check() throws(Problem) {
        if styleWeight == 0, contentWeight == 0, method == .lucid || tv == 0 {
            throw .usage("every weight is 0, which leaves nothing to draw; raise \(setting: "style-weight")")
        }
        if seed != nil, !fromNoise, method == .gatys {
            throw .usage("\(setting: "seed") is for the noise; it goes with \(setting: "from-noise")")
        }
        if blend != nil, !mask.isEmpty { throw .usage("styles with masks are not blended; leave \(setting: "blend") out") }
        if fromNoise, start != nil { throw .usage("\(setting: "from-noise") and \(setting: "start") exclude each other") }
        if method == .lucid {
            try Self.refuse("for \(setting: "method") gatys", among: [
                ("stages", stages != nil), ("blend", blend != nil), ("style-scale", styleScale != nil),
                ("keep-colors", keepColors), ("mask", !mask.isEmpty), ("from-noise", fromNoise), ("tv", tv != nil),
            ])
        }
    }

    /// The plan for a photograph and the pictures whose style is taken.
    ///
    /// - Parameter files: takes all of them in.
    func plan(content: String, styles paths: [String], model: Model, files: inout Photographs) throws(Problem) -> StylePlan {
        let name = try files.adding(content)
        let size = PictureSize.ofResult(try files.picture(name), asked: self.size ?? PictureSize(side: 512))
        var styles: [StylePlan.Style] = []
        for (index, path) in paths.enumerated() {
            var style = StylePlan.Style(picture: try files.adding(path), weight: blend?.numbers[index] ?? 1)
            if !mask.isEmpty { style.mask = try files.adding(mask[index]) }
            styles.append(style)
        }
        let usual = StylePlan.usualLayers(of: model)
        func weights(_ shares: [LayerShare]) -> [StylePlan.LayerWeight] { shares.map { .init($0.name, $0.share) } }
        for share in contentLayer + styleLayer { _ = try model.layer(share.name) }
        let subject = PlanModel(model)
        var plan = StylePlan(
            model: subject.name, weights: subject.weights, content: name, styles: styles,
            contentLayers: contentLayer.isEmpty ? usual.content : weights(contentLayer),
            styleLayers: styleLayer.isEmpty ? usual.style : weights(styleLayer),
            contentWeight: contentWeight ?? StylePlan.contentWeight, styleWeight: styleWeight ?? StylePlan.styleWeight,
            totalVariation: tv ?? StylePlan.totalVariation, stages: stages(size), optimizer: optimizer ?? OptimizerChoice.adam,
            learningRate: learningRate, seed: seed ?? 0, poolGradient: poolGradient ?? .winner, convolution: numerics.convolution,
            preprocessing: subject.preprocessing)
        plan.profile = numerics.profile
        plan.styleScale = styleScale ?? 1
        plan.keepColors = keepColors
        if fromNoise { plan.beginning = .noise }
        if let start {
            plan.beginning = .picture
            plan.start = try files.adding(start)
        }
        plan.pictures = files.digests
        return plan
    }

    /// From small to large: sides halved from the result's down.
    private func stages(_ size: PictureSize) -> [StylePlan.Stage] {
        let longest = max(size.width, size.height)
        var count = 1
        while count < 10, longest >> count >= 224 { count += 1 }
        if let stages { count = stages }
        return (0..<count).map { index in
            let divisor = 1 << (count - 1 - index)
            return StylePlan.Stage(
                width: max(1, size.width / divisor), height: max(1, size.height / divisor),
                steps: max(min(steps ?? 300, 1), (steps ?? 300) >> index))
        }
    }
}
