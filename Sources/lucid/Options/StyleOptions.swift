import ArgumentParser
import Networks
import Visualization

/// How a style is taken on: everything that goes into its plan beside the network and the pictures.
struct StyleOptions: ParsableArguments {
    /// How the picture is found.
    enum Method: String, ExpressibleByArgument, CaseIterable {
        case gatys, lucid
    }

    @Option(help: "gatys, or lucid: mean differences and a picture written in frequencies, as tensorflow/lucid has it.")
    var method = Method.gatys

    @Option(parsing: .unconditional, help: ArgumentHelp("The longer side in pixels, or WIDTHxHEIGHT. (default: 512)", valueName: "n"))
    var size: PictureSize?

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps at the smallest size; each larger size takes half as many as the one before. (default: 300; with --method lucid 512)", valueName: "n"))
    var steps: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Sizes to go through, each twice the one before. (default: from about 256 pixels on)", valueName: "n"))
    var stages: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("What the styles weigh. (default: \(short(StylePlan.styleWeight)))", valueName: "w"))
    var styleWeight: Float?

    @Option(parsing: .unconditional, help: ArgumentHelp("What the photograph weighs. (default: \(short(StylePlan.contentWeight)))", valueName: "w"))
    var contentWeight: Float?

    @Option(help: ArgumentHelp("The shares of several styles, e.g. 2,1. (default: equal)", valueName: "list"))
    var blend: NumberList?

    @Option(parsing: .unconditional, help: ArgumentHelp("The longer side of the styles against the result's: above 1 for coarser strokes. (default: 1)", valueName: "s"))
    var styleScale: Float?

    @Flag(help: "Keep the photograph's colours.") var keepColors = false

    @Option(help: ArgumentHelp("Where it is white the style is taken on; several go with the styles in their order.", valueName: "picture"), completion: .file())
    var mask: [String] = []

    @Flag(help: "Begin from noise instead of the photograph.") var fromNoise = false

    @Option(help: ArgumentHelp("Begin from this picture.", valueName: "picture"), completion: .file())
    var start: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of the mean squared difference of neighbouring pixels, which smooths. (default: \(short(StylePlan.totalVariation)))", valueName: "w"))
    var tv: Float?

    @Option(help: ArgumentHelp("A layer where the photograph is compared, perhaps with its share; several may be given. (default: the usual one)", valueName: "name[=share]"))
    var contentLayer: [LayerShare] = []

    @Option(help: ArgumentHelp("A layer where the styles are compared. (default: the usual ones)", valueName: "name[=share]"))
    var styleLayer: [LayerShare] = []

    @Option(help: ArgumentHelp("\(listed(OptimizerChoice.rules.map { $0.name })). (default: adam)", valueName: "name"))
    var optimizer: OptimizerChoice?

    @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's step. (default: \(StylePlan.learningRate), lbfgs 1)", valueName: "r"))
    var learningRate: Float?

    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the noise. (default: 0)", valueName: "n"))
    var seed: UInt64?

    @Option(help: "Whom max pooling sends its gradient to: winner (the derivative) or average (all of the window).")
    var poolGradient: PoolGradient?

    @OptionGroup var numerics: NumericOptions

    func validate() throws {
        if let steps, !(0...1_000_000).contains(steps) { throw ValidationError("--steps must be 0 to 1000000, not \(steps)") }
        if let stages, !(1...10).contains(stages) { throw ValidationError("--stages must be 1 to 10, not \(stages)") }
        for (name, weight) in [("style-weight", styleWeight), ("content-weight", contentWeight), ("tv", tv)] {
            if let weight, !StylePlan.weightBounds.contains(weight) {
                throw ValidationError("--\(name) must be 0 to \(Int(StylePlan.weightBounds.upperBound)), not \(weight)")
            }
        }
        if styleWeight == 0, contentWeight == 0, method == .lucid || tv == 0 {
            throw ValidationError("every weight is 0, which leaves nothing to draw; raise --style-weight")
        }
        if seed != nil, !fromNoise, method == .gatys { throw ValidationError("--seed is of the noise; it goes with --from-noise") }
        if let styleScale, !(0.05...20).contains(styleScale) {
            throw ValidationError("--style-scale must be 0.05 to 20, not \(styleScale)")
        }
        if let blend, blend.numbers.contains(where: { $0 < 0 }) || blend.numbers.allSatisfy({ $0 == 0 }) {
            throw ValidationError("--blend takes shares of at least 0, not all of them 0, not \(blend)")
        }
        if blend != nil, !mask.isEmpty { throw ValidationError("styles with masks are not blended; leave --blend out") }
        if fromNoise, start != nil { throw ValidationError("--from-noise and --start exclude each other") }
        if let rate = learningRate, !(rate > 0 && rate <= 1000) {
            throw ValidationError("--learning-rate must be above 0 and at most 1000, not \(rate)")
        }
        if method == .lucid {
            let own: [(String, Bool)] = [
                ("stages", stages != nil), ("blend", blend != nil), ("style-scale", styleScale != nil),
                ("keep-colors", keepColors), ("mask", !mask.isEmpty), ("from-noise", fromNoise), ("tv", tv != nil),
            ]
            if let (name, _) = own.first(where: { $0.1 }) { throw ValidationError("--\(name) is for --method gatys") }
        }
    }
}

extension StyleOptions {
    /// The plan for a photograph and the pictures whose style is taken.
    ///
    /// - Parameter files: takes all of them in.
    func plan(content: String, styles paths: [String], model: Model, files: inout Photographs) throws(Failure) -> StylePlan {
        let name = try files.adding(content)
        let photo = try files.picture(name)
        let asked = self.size ?? PictureSize(side: 512)
        let size = ResultSize(of: photo, asked: asked)
        var styles: [StylePlan.Style] = []
        for (index, path) in paths.enumerated() {
            var style = StylePlan.Style(picture: try files.adding(path), weight: blend?.numbers[index] ?? 1)
            if !mask.isEmpty { style.mask = try files.adding(mask[index]) }
            styles.append(style)
        }
        let usual = StylePlan.usualLayers(of: model)
        func weights(_ shares: [LayerShare]) -> [StylePlan.LayerWeight] { shares.map { .init($0.name, $0.share) } }
        for share in contentLayer + styleLayer { _ = try Drawing.layer(share.name, in: model) }
        var plan = StylePlan(
            model: model.name, weights: model.weightsSHA256, content: name, styles: styles,
            contentLayers: contentLayer.isEmpty ? usual.content : weights(contentLayer),
            styleLayers: styleLayer.isEmpty ? usual.style : weights(styleLayer),
            contentWeight: contentWeight ?? StylePlan.contentWeight, styleWeight: styleWeight ?? StylePlan.styleWeight,
            totalVariation: tv ?? StylePlan.totalVariation, stages: stages(size), optimizer: optimizer ?? .adam,
            learningRate: learningRate, seed: seed ?? 0, poolGradient: poolGradient ?? .winner, convolution: numerics.convolution,
            preprocessing: model.hasItsOwnPreprocessing ? nil : model.preprocessing)
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
    private func stages(_ size: ResultSize) -> [StylePlan.Stage] {
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
