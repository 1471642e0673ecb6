import ArgumentParser
import Images
import Networks
import Tensors
import Visualization

/// `lucid style`
struct StyleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "style",
        abstract: "Draw a photograph in the style of other pictures.",
        discussion: """
            Pixels keep what a deep layer sees in the photograph and take on the textures of the styles (Gatys, Ecker and \
            Bethge 2016), first in a small size and then in larger ones. Losses are relative to what is asked for, so that \
            weights mean the same for every network and size.

            Examples: lucid style photo.jpg painting.jpg
                      lucid style photo.jpg painting.jpg --size 1024 --keep-colors -o result.jpg
                      lucid style photo.jpg a.jpg b.jpg --blend 2,1
                      lucid style photo.jpg a.jpg b.jpg --mask sky.png --mask ground.png
            """)

    /// How the picture is found.
    enum Method: String, ExpressibleByArgument, CaseIterable {
        case gatys, lucid
    }

    @Argument(help: "The photograph: PNG or JPEG; - for standard input.") var content: String
    @Argument(help: "One picture or several whose style is taken.") var styles: [String]
    @OptionGroup(title: "Network") var model: ModelOptions

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

    @Option(help: ArgumentHelp("adam, adamw, nadam, sgd, rmsprop or lbfgs. (default: adam)", valueName: "name"))
    var optimizer: OptimizerChoice?

    @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's step. (default: \(short(StylePlan.learningRate)), lbfgs 1)", valueName: "r"))
    var learningRate: Float?

    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the noise.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: "Whom max pooling sends its gradient to: winner (the derivative) or average (all of the window).")
    var poolGradient: PoolGradient?

    @Option(help: "How convolutions are computed: auto (the fastest for each) or plain.")
    var convolution = ConvolutionChoice.auto

    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let steps, !(0...1_000_000).contains(steps) { throw ValidationError("--steps must be 0 to 1000000, not \(steps)") }
        if let stages, !(1...10).contains(stages) { throw ValidationError("--stages must be 1 to 10, not \(stages)") }
        for (name, weight) in [("style-weight", styleWeight), ("content-weight", contentWeight), ("tv", tv)] {
            if let weight, !(weight.isFinite && weight >= 0) { throw ValidationError("--\(name) must be at least 0, not \(weight)") }
        }
        if let styleScale, !(0.05...20).contains(styleScale) {
            throw ValidationError("--style-scale must be 0.05 to 20, not \(styleScale)")
        }
        if let blend, blend.numbers.contains(where: { $0 < 0 }) || blend.numbers.allSatisfy({ $0 == 0 }) {
            throw ValidationError("--blend takes shares of at least 0, not all of them 0, not \(blend)")
        }
        if let blend, blend.numbers.count != styles.count {
            throw ValidationError("--blend has \(blend.numbers.count) shares for \(styles.count) styles")
        }
        if !mask.isEmpty, mask.count != styles.count {
            throw ValidationError("--mask is given \(mask.count) times for \(styles.count) styles; each has its own")
        }
        if blend != nil, !mask.isEmpty { throw ValidationError("styles with masks are not blended; leave --blend out") }
        if fromNoise, start != nil { throw ValidationError("--from-noise and --start exclude each other") }
        if let rate = learningRate, !(rate.isFinite && rate > 0) {
            throw ValidationError("--learning-rate must be above 0, not \(rate)")
        }
        if method == .lucid {
            let own: [(String, Bool)] = [
                ("stages", stages != nil), ("blend", blend != nil), ("style-scale", styleScale != nil),
                ("keep-colors", keepColors), ("mask", !mask.isEmpty), ("from-noise", fromNoise), ("tv", tv != nil),
            ]
            if let (name, _) = own.first(where: { $0.1 }) { throw ValidationError("--\(name) is for --method gatys") }
        }
        if [content] .filter({ $0 == "-" }).count + (styles + mask + [start].compactMap { $0 }).filter({ $0 == "-" }).count > 1 {
            throw ValidationError("standard input can be read once")
        }
    }

    func run() throws {
        var options = model
        // Textures need a network with many plain convolutions: Gatys' choice is the default.
        if options.model == nil, options.weights == nil { options.model = "vgg16" }
        let model = try options.load(quiet: output.running.quiet)
        if method == .lucid { return try drawAsLucid(model) }
        var files = Photographs(maximumPixels: reading.maxPixels)
        let plan = try plan(model, &files)
        let parts = OutputNames.Parts(model: model.name, seed: seed)
        let path = OutputNames.path(output.output, parts, photo: content, kind: "style")
        try Self.run(plan, files, model, to: path, output)
    }

    /// Makes a plan's picture.
    static func run(
        _ plan: StylePlan, _ files: Photographs, _ model: Model, to path: String, steps: Int? = nil, quality: Int? = nil,
        _ output: OutputOptions
    ) throws {
        var pictures: [String: Tensor] = [:]
        for name in plan.namedPictures { pictures[name] = try files.picture(name).tensor(channels: 3, name: name) }
        let photo = try files.picture(plan.content)
        let fitted = PictureSource.fitted(photo, width: plan.width, height: plan.height)
        pictures[plan.content] = try fitted.tensor(channels: 3, name: plan.content)
        do {
            try StyleTransfer.check(plan, model: model, memory: MemorySize.available)
        } catch {
            throw Failure(error)
        }
        model.sayAssumption(quiet: output.running.quiet)
        let run = PhotographRun<StyleTransfer>(
            label: "style", plan: .style(plan), path: path, options: output, opacity: fitted.opacity, depth: photo.bitDepth,
            quality: quality, steps: steps ?? plan.totalSteps
        ) { transfer, picture throws(RenderError) in
            let (content, noise) = transfer.extremes
            let own = transfer.losses(of: picture)
            let (atContent, atNoise) = (transfer.losses(of: content), transfer.losses(of: noise))
            func share(_ loss: Float, of whole: Float) -> Float { whole > 0 ? loss / whole : 0 }
            let style = share(own.style, of: atContent.style)
            let kept = share(own.content, of: atNoise.content)
            let text = "style loss \(rounded(Double(style) * 100, 1)) % of the photograph's, content loss \(rounded(Double(kept) * 100, 1)) % of noise's"
            return (
                text,
                [
                    "content_loss": own.content, "style_loss": own.style, "total_variation": own.totalVariation,
                    "style_loss_share": style, "content_loss_share": kept,
                ])
        }
        try run.run { try StyleTransfer(plan, model: model, pictures: pictures, workers: output.running.workers) }
    }

    private func plan(_ model: Model, _ files: inout Photographs) throws(Failure) -> StylePlan {
        let name = try files.adding(content)
        let photo = try files.picture(name)
        let asked = self.size ?? PictureSize(side: 512)
        let size = ResultSize(of: photo, asked: asked)
        var styles: [StylePlan.Style] = []
        for (index, path) in self.styles.enumerated() {
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
            totalVariation: tv ?? StylePlan.totalVariation, stages: stages(size), optimizer: optimizer ?? OptimizerChoice(.adam),
            learningRate: learningRate, seed: seed, poolGradient: poolGradient ?? .winner, convolution: convolution,
            preprocessing: model.hasItsOwnPreprocessing ? nil : model.preprocessing)
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

    /// Lucid's style transfer: a render of a Fourier image with mean differences of activations and of Gram matrices.
    private func drawAsLucid(_ model: Model) throws {
        let usual = StylePlan.usualLayers(of: model)
        let contents = contentLayer.isEmpty ? usual.content.map { LayerShare(name: $0.layer) } : contentLayer
        let textures = styleLayer.isEmpty ? usual.style.map { LayerShare(name: $0.layer) } : styleLayer
        for share in contents + textures { _ = try Drawing.layer(share.name, in: model) }
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        let name = try photographs.adding(content)
        var terms: [Objective] = contents.map { share in
            (contentWeight ?? 100) * share.share * .activationDifference(share.name, to: name)
        }
        for style in styles {
            let style = try photographs.adding(style)
            terms += textures.map { (styleWeight ?? 1) * $0.share * .activationDifference($0.name, to: style, as: .gram) }
        }
        let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
        var render = try RenderOptions.parse([])
        let photo = try photographs.picture(name)
        let size = ResultSize(of: photo, asked: self.size ?? PictureSize(side: 512))
        render.size = PictureSize(width: size.width, height: size.height)
        render.steps = steps ?? 512
        render.givenSeed = seed
        render.start = start
        if let start { try photographs.add(start) }
        render.optimizer = optimizer
        render.learningRate = learningRate ?? (optimizer == nil ? 0.05 : nil)
        render.poolGradient = poolGradient ?? .winner
        render.convolution = convolution
        let parts = OutputNames.Parts(model: model.name, seed: seed)
        let path = OutputNames.path(output.output, parts, photo: content, kind: "style")
        var options = output
        options.output = path
        try Drawing(model: model, render: render, output: options, photographs: photographs).run([.init(-loss, parts)], label: "style")
    }
}
