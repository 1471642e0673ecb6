import ArgumentParser
import Images
import Networks
import Tensors
import Visualization

/// `lucid style`
struct StyleCommand: DrawingCommand {
    static let configuration = CommandConfiguration(
        commandName: "style",
        abstract: "Draw a photograph in the style of other pictures.",
        discussion: """
            Pixels keep what a deep layer sees in the photograph and take on the textures of the styles (Gatys, Ecker and \
            Bethge 2016), first in a small size and then in larger ones. Losses are relative to what is asked for, so that \
            weights mean the same for every network and size. The network is vgg16 unless --model names another, and the result \
            is PHOTO_style.png unless --output does.

            Examples: lucid style photo.jpg painting.jpg
                      lucid style photo.jpg painting.jpg --size 1024 --keep-colors -o result.jpg
                      lucid style photo.jpg a.jpg b.jpg --blend 2,1
                      lucid style photo.jpg a.jpg b.jpg --mask sky.png --mask ground.png
            """)

    @Argument(help: "The photograph: PNG or JPEG; - for standard input.") var content: String
    @Argument(help: "One picture or several whose style is taken.") var styles: [String]
    @OptionGroup(title: "Network") var model: ModelOptions

    @OptionGroup(title: "Style") var style: StyleOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard model.labels == nil else { throw ValidationError("--labels names classes, and a style has none") }
        if let blend = style.blend, blend.numbers.count != styles.count {
            throw ValidationError("--blend has \(blend.numbers.count) shares for \(styles.count) styles")
        }
        if !style.mask.isEmpty, style.mask.count != styles.count {
            throw ValidationError("--mask is given \(style.mask.count) times for \(styles.count) styles; each has its own")
        }
        if ([content] + styles + style.mask + [style.start].compactMap { $0 }).filter({ $0 == "-" }).count > 1 {
            throw ValidationError("standard input can be read once")
        }
    }

    var numerics: NumericOptions { style.numerics }

    func work() throws -> any Work {
        var options = model
        // Textures need a network with many plain convolutions: Gatys' choice is the default.
        if options.model == nil, options.weights == nil { options.model = "vgg16" }
        let model = try options.load(quiet: output.running.quiet)
        if style.method == .lucid { return try workAsLucid(model) }
        var files = Photographs(maximumPixels: reading.maxPixels)
        let plan = try style.plan(content: content, styles: styles, model: model, files: &files)
        let parts = OutputNames.Parts(model: model.name, seed: style.seed ?? 0)
        let path = OutputNames.path(output.output, parts, photo: content, kind: "style")
        return try Self.work(plan, files, model, to: path, output)
    }

    /// Makes a plan's picture.
    static func work(
        _ plan: StylePlan, _ files: Photographs, _ model: Model, to path: String, steps: Int? = nil, quality: Int? = nil,
        _ output: OutputOptions
    ) throws(Failure) -> PhotographRun<StyleTransfer> {
        try checkMemory { memory throws(RenderError) in try StyleTransfer.check(plan, model: model, memory: memory) }
        var pictures: [String: Tensor] = [:]
        for name in plan.namedPictures { pictures[name] = try files.picture(name).tensor(channels: 3, name: name) }
        let photo = try files.picture(plan.content)
        let fitted = PictureSource.fitted(photo, width: plan.width, height: plan.height)
        pictures[plan.content] = try fitted.tensor(channels: 3, name: plan.content)
        let memory: Int
        do {
            memory = try StyleTransfer.estimatedMemory(of: plan, model: model)
        } catch {
            throw Failure(error)
        }
        return PhotographRun(
            label: "style", model: model, plan: .style(plan), path: path, options: output, opacity: fitted.opacity, depth: photo.bitDepth,
            quality: quality, ingredients: files.ingredients(model), steps: steps ?? plan.totalSteps,
            report: { transfer, picture throws(RenderError) in
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
            },
            memory: memory,
            make: { [pictures] workers throws(RenderError) in
                try StyleTransfer(plan, model: model, pictures: pictures, workers: workers)
            })
    }

    /// Lucid's style transfer: a render of a Fourier image with mean differences of activations and of Gram matrices.
    private func workAsLucid(_ model: Model) throws -> Rendering {
        let usual = StylePlan.usualLayers(of: model)
        let contents = style.contentLayer.isEmpty ? usual.content.map { LayerShare(name: $0.layer) } : style.contentLayer
        let textures = style.styleLayer.isEmpty ? usual.style.map { LayerShare(name: $0.layer) } : style.styleLayer
        for share in contents + textures { _ = try Drawing.layer(share.name, in: model) }
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        let name = try photographs.adding(content)
        var terms: [Objective] = contents.map { share in
            (style.contentWeight ?? 100) * share.share * .activationDifference(share.name, to: name)
        }
        for path in styles {
            let texture = try photographs.adding(path)
            terms += textures.map { (style.styleWeight ?? 1) * $0.share * .activationDifference($0.name, to: texture, as: .gram) }
        }
        let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
        var render = try RenderOptions.parse([])
        let photo = try photographs.picture(name)
        let size = ResultSize(of: photo, asked: style.size ?? PictureSize(side: 512))
        render.size = PictureSize(width: size.width, height: size.height)
        render.steps = style.steps ?? 512
        render.givenSeed = style.seed ?? 0
        render.start = style.start
        if let start = style.start { try photographs.add(start) }
        render.optimizer = style.optimizer
        render.learningRate = style.learningRate ?? (style.optimizer == nil ? 0.05 : nil)
        render.poolGradient = style.poolGradient ?? .winner
        render.numerics = style.numerics
        let parts = OutputNames.Parts(model: model.name, seed: style.seed ?? 0)
        let path = OutputNames.path(output.output, parts, photo: content, kind: "style")
        var options = output
        options.output = path
        return try Drawing(model: model, render: render, output: options, photographs: photographs).rendering([.init(-loss, parts)], label: "style")
    }
}
