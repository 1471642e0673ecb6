import ArgumentParser
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// `lucid deepdream`
struct DeepDream: ParsableCommand {
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
        if moving.frames != nil, moving.zoom == nil { throw ValidationError("--frames goes with --zoom") }
        if let photo, FrameSource.isMoving(photo) {
            if moving.zoom != nil { throw ValidationError("--zoom is for a photograph, and \(photo) moves already") }
            try refuse("for a single picture, and \(photo) has many", among: [("--save-at", output.saveAt != nil), ("--evolution", output.evolution != nil), ("--show", output.show)])
        } else if moving.zoom != nil {
            try refuse("for a single picture, not for --zoom", among: [("--save-at", output.saveAt != nil), ("--evolution", output.evolution != nil), ("--show", output.show)])
        } else {
            try refuse("for films, folders of frames and --zoom", among: [("--rate", moving.rate != nil)])
        }
        if moving.zoom != nil || photo.map(FrameSource.isMoving) ?? false {
            try refuse("for --param cppn; the frames' size is --size", among: [("--output-size", output.outputSize != nil)])
        }
        if !(photo.map(FrameSource.isMoving) ?? false) {
            try refuse("for films and folders of frames", among: [("--blend", moving.blend != nil)])
        }
    }

    private func refuse(_ reason: String, among options: [(name: String, isGiven: Bool)]) throws {
        if let option = options.first(where: \.isGiven) { throw ValidationError("\(option.name) is \(reason)") }
    }

    func run() throws {
        let model = try model.load(quiet: output.running.quiet)
        if let photo, FrameSource.isMoving(photo) {
            return try DreamFilm(path: photo, dream: dream, reading: reading, moving: moving, model: model, output: output).run()
        }
        var files = Photographs(maximumPixels: reading.maxPixels)
        let name = try photo.map { path throws(Failure) in try files.adding(path) }
        let (plan, pictures) = try dream.plan(photo: name, model: model, files: &files, workers: output.running.workers)
        if moving.zoom != nil {
            return try DreamFlight(plan: plan, pictures: pictures, model: model, moving: moving).run(
                photo: photo, layer: dream.layerName(of: model), files, to: output)
        }
        let parts = OutputNames.Parts(model: model.name, layer: dream.layerName(of: model), seed: plan.seed)
        let path = OutputNames.path(output.output, parts, photo: photo ?? "noise", kind: "dream")
        try Self.run(plan, pictures, files, model, to: path, output)
    }

    /// Dreams a plan's picture.
    static func run(
        _ plan: DreamPlan, _ pictures: DreamPictures, _ photographs: Photographs, _ model: Model, to path: String, steps: Int? = nil, quality: Int? = nil,
        _ output: OutputOptions
    ) throws {
        model.sayAssumption(quiet: output.running.quiet)
        let run = PhotographRun<Dream>(
            label: "dream", plan: .dream(plan), path: path, options: output, opacity: pictures.opacity, depth: pictures.depth,
            quality: quality, ingredients: photographs.ingredients(model), steps: steps ?? plan.steps
        ) { dream, picture throws(RenderError) in
            let before = try dream.score(of: dream.beginning)
            let after = try dream.score(of: picture)
            let text = "score \(short(before)) → \(short(after))"
            return (text, ["score_before": before])
        }
        try run.run { try Dream(plan, model: model, pictures: pictures.tensors, workers: output.running.workers) }
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
