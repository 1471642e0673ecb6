import ArgumentParser
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// `lucid deepdream`
struct DeepDream: DrawingCommand {
    static let configuration = CommandConfiguration(
        commandName: "deepdream",
        abstract: "Let a network dream on a photograph.",
        discussion: """
            Climbs the energy of layers, or single channels, in a photograph, from small to large sizes (DeepDream, Mordvintsev \
            et al. 2015). Pictures that are too large for --memory are seen in tiles whose seams move. The result \
            is PHOTO_dream.png unless --output says otherwise.

            Examples: lucid deepdream photo.jpg
                      lucid deepdream photo.jpg --model vgg16 --layer features.21=1 --layer features.28=0.5 -o dream.jpg
                      lucid deepdream photo.jpg --guide flowers.jpg
                      lucid deepdream photo.jpg --zoom 1.05 --frames 100 -o zoom.gif
                      lucid deepdream clip.mp4 -o dream.mp4      (by ffmpeg; or a folder of frames)
            """)

    @Argument(help: "PNG or JPEG, - for standard input; or a folder of frames, or a film.") var photo: String?
    @OptionGroup(title: "Network") var model: ModelOptions
    @OptionGroup(title: "Dream") var dream: DreamOptions
    @OptionGroup(title: "Moving pictures") var moving: MovingOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard model.labels == nil else { throw ValidationError("--labels names classes, and a dream is of layers and channels") }
        guard (photo == nil) == dream.fromNoise else {
            throw ValidationError(dream.fromNoise ? "--from-noise takes no photograph" : "name a photograph, or --from-noise")
        }
        let isFilm = photo.map(FrameSource.isMoving) ?? false
        let isFlight = moving.zoom != nil
        if isFilm, isFlight { throw ValidationError("--zoom is for a photograph, and \(photo!) moves already") }
        if isFilm || isFlight {
            try refuse("for a single picture", among: [
                ("--save-at", output.saveAt != nil), ("--evolution", output.evolution != nil), ("--show", output.show),
            ])
            try refuse("for --param cppn; the frames' size is --size", among: [("--output-size", output.outputSize != nil)])
        } else {
            try refuse("for films, folders of frames and --zoom", among: [("--rate", moving.rate != nil)])
        }
        if !isFlight { try refuse("for --zoom", among: [("--frames", moving.frames != nil)]) }
        if !isFilm { try refuse("for films and folders of frames", among: [("--blend", moving.blend != nil)]) }
    }

    private func refuse(_ reason: String, among options: [(name: String, isGiven: Bool)]) throws {
        if let option = options.first(where: \.isGiven) { throw ValidationError("\(option.name) is \(reason)") }
    }

    var numerics: NumericOptions { dream.numerics }

    func work() throws -> any Work {
        let model = try model.load(quiet: output.running.quiet)
        if let photo, FrameSource.isMoving(photo) {
            return DreamFilm(path: photo, dream: dream, reading: reading, moving: moving, model: model, output: output)
        }
        var files = Photographs(maximumPixels: reading.maxPixels)
        let name = try photo.map { path throws(Failure) in try files.adding(path) }
        let (plan, pictures) = try dream.plan(photo: name, model: model, files: &files, workers: output.running.workers)
        if moving.zoom != nil {
            return DreamFlight(
                plan: plan, pictures: pictures, model: model, moving: moving, photo: photo, layer: dream.layerName(of: model),
                files: files, output: output)
        }
        let parts = OutputNames.Parts(model: model.name, layer: dream.layerName(of: model), seed: plan.seed)
        let path = OutputNames.path(output.output, parts, photo: photo ?? "noise", kind: "dream")
        return try Self.work(plan, pictures, files, model, to: path, output)
    }

    /// Dreams a plan's picture.
    static func work(
        _ plan: DreamPlan, _ pictures: DreamPictures, _ photographs: Photographs, _ model: Model, to path: String,
        steps: Int? = nil, quality: Int? = nil, _ output: OutputOptions
    ) throws(Failure) -> PhotographRun<Dream> {
        let memory: Int
        do {
            memory = try Dream.estimatedMemory(of: plan, model: model)
        } catch {
            throw Failure(error)
        }
        let tensors = pictures.tensors
        return PhotographRun(
            label: "dream", model: model, plan: .dream(plan), path: path, options: output, opacity: pictures.opacity, depth: pictures.depth,
            quality: quality, ingredients: photographs.ingredients(model), steps: steps ?? plan.steps,
            report: { dream, picture throws(RenderError) in
                let before = try dream.score(of: dream.beginning)
                let after = try dream.score(of: picture)
                return ("score \(short(before)) → \(short(after))", ["score_before": before])
            },
            memory: memory,
            make: { workers throws(RenderError) in try Dream(plan, model: model, pictures: tensors, workers: workers) })
    }
}

/// What the photographs of a dream hold.
struct DreamPictures {
    /// By the plan's names.
    var tensors: [String: Tensor]
    /// Of the photograph, in the result's size.
    var opacity: Tensor?
    /// Of the photograph.
    var depth = Picture.BitDepth.eight

    /// Reads the pictures that a plan names.
    init(_ plan: DreamPlan, _ files: Photographs, channels: Int) throws(Failure) {
        tensors = [:]
        for name in plan.pictures.keys {
            let picture = try files.picture(name)
            if name == plan.photo {
                depth = picture.bitDepth
                opacity = PictureSource.fitted(picture, width: plan.width, height: plan.height).opacity
            }
            let isFixed = name == plan.photo || name == plan.mask
            // A guide is shown in its own shape, as large as the dream at most.
            let scale = min(1, Double(max(plan.width, plan.height)) / Double(max(picture.width, picture.height)))
            let fitted =
                isFixed
                ? PictureSource.fitted(picture, width: plan.width, height: plan.height)
                : picture.resized(
                    width: max(1, Int((Double(picture.width) * scale).rounded())),
                    height: max(1, Int((Double(picture.height) * scale).rounded())))
            tensors[name] = try fitted.tensor(channels: channels, name: name)
        }
    }
}

/// Four digits that matter.
func short(_ value: Float) -> String {
    let magnitude = abs(Double(value))
    if magnitude == 0 || magnitude >= 1e6 || magnitude < 1e-4 { return "\(value)" }
    return rounded(Double(value), magnitude >= 1000 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 5)
}
