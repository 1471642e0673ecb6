import Files
import Films
import Images
import Networks
import Visualization

/// A network's dream on a photograph, a film or noise.
public struct DreamRequest: DrawingRequest {
    /// A photograph, a folder of frames or a film; "-" for standard input, nil for noise.
    public var photo: String?
    public var model = ModelSettings()
    /// How the dream is dreamt.
    public var dream = DreamSettings()
    /// Frames and their rate, where it moves.
    public var moving = MovingSettings()
    /// The largest picture that is read.
    public var reading = ReadingSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "deepdream"
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", \.photo, "photo", "PNG, JPEG, TIFF, WebP …, - for standard input; or a folder of frames, or a film.").positional().reading()
        ModelSettings.lifted(\.model).without("labels")
        DreamSettings.lifted(\.dream)
        MovingSettings.lifted(\.moving)
        ReadingSettings.lifted(\.reading)
        OutputSettings.lifted(\.output).without("output-size").stating(default: "PHOTO_dream.png", of: "output")
    }

    public var numerics: NumericSettings { dream.numerics }

    public func check() throws(Problem) {
        try dream.check()
        try output.check()
        guard (photo == nil) == dream.fromNoise else {
            throw dream.fromNoise
                ? .usage("\(setting: "from-noise") takes no photograph")
                : .usage("name a photograph, or \(setting: "from-noise")", setting: "photo")
        }
        let isFilm = photo.map(FrameSource.isMoving) ?? false
        let isFlight = moving.zoom != nil
        if isFilm, isFlight { throw .usage("\(setting: "zoom") is for a photograph, and \(photo!) moves already") }
        if isFilm || isFlight {
            try Self.refuse("for a single picture", among: [
                ("save-at", output.saveAt != nil), ("evolution", output.evolution != nil), ("depth", output.depth != nil),
            ])
        } else {
            try Self.refuse("for films, folders of frames and \(setting: "zoom")", among: [("rate", moving.rate != nil)])
        }
        if !isFlight { try Self.refuse("for \(setting: "zoom")", among: [("frames", moving.frames != nil)]) }
        if !isFilm { try Self.refuse("for films and folders of frames", among: [("blend", moving.blend != nil)]) }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let model = try session.model(model)
        if let photo, FrameSource.isMoving(photo) { return JobList(label: "dream", jobs: [try film(photo, model, session)]) }
        var files = Photographs(maximumPixels: reading.maxPixels)
        let name = try photo.map { path throws(Problem) in try files.adding(path) }
        let (plan, pictures) = try dream.plan(photo: name, model: model, files: &files, workers: session.workers)
        var parts = OutputNames.Parts(model: model.name, layer: dream.layerName(of: model), seed: plan.seed)
        if let guide = dream.guide { parts.details.append(OutputNames.stem(ofPhoto: guide)) }
        if plan.seed != 0 { parts.details.append("seed\(plan.seed)") }
        if let zoom = moving.zoom {
            return JobList(label: "zoom", jobs: [try flight(plan, zoom, pictures, model, files, parts)])
        }
        let path = OutputNames.path(output.output, parts, photo: photo ?? "noise", kind: "dream")
        var job = try PictureJob(plan, pictures, model: model, files, to: path, quality: output.quality(of: path))
        job.configure(output, parts)
        return JobList(label: "dream", jobs: [job])
    }

    private func flight(
        _ plan: DreamPlan, _ zoom: Float, _ pictures: DreamPictures, _ model: Model, _ files: Photographs, _ parts: OutputNames.Parts
    ) throws(Problem) -> FlightJob {
        var first = plan
        (first.zoom, first.frame) = (zoom, 0)
        let flight = Plan.FlightPlan(
            dream: first, frames: moving.frames ?? MovingSettings.standardFrames, rate: moving.rate ?? FrameWriter.defaultRate)
        let path =
            output.output.map { OutputNames.expand($0, parts) }
            ?? OutputNames.path(OutputNames.path(nil, parts, photo: photo ?? "noise", kind: "zoom"), ending: ".gif")
        return try FlightJob(flight, pictures, model: model, files, to: path)
    }

    private func film(_ path: String, _ model: Model, _ session: Session) throws(Problem) -> FilmJob {
        let target = target(ofFilm: path, model)
        // ffmpeg's absence is found before the film is looked at.
        try asProblem { () throws(FilmError) in try FrameWriter.checkProgram(for: target) }
        let source = try asProblem { () throws(FilmError) in
            try FrameSource(path: path, maximumPixels: decodablePixels(atMost: reading.maxPixels), isCancelled: session.isCancelled)
        }
        guard let first = try source.next(within: reading.maxPixels) else { throw .badData("\(path): there is no frame in it", setting: "photo") }
        var files = Photographs(maximumPixels: reading.maxPixels)
        files.add(first, as: FilmJob.frameName)
        let (plan, pictures) = try dream.plan(photo: FilmJob.frameName, model: model, files: &files, workers: session.workers)
        return FilmJob(
            model: model, first: plan, pictures: pictures, source: path, path: target,
            blend: moving.blend ?? MovingSettings.standardBlend, rate: moving.rate, maximumPixels: reading.maxPixels,
            memory: try asProblem { () throws(RenderError) in try Dream.estimatedMemory(of: plan, model: model) },
            ingredients: model.ingredients(files), frameCount: source.count)
    }

    private func target(ofFilm path: String, _ model: Model) -> String {
        let parts = OutputNames.Parts(model: model.name, layer: dream.layerName(of: model), seed: dream.seed)
        if let given = output.output { return OutputNames.expand(given, parts) }
        let plain = path.hasSuffix("/") ? String(path.dropLast()) : path
        var name = plain.split(separator: "/").last.map(String.init) ?? plain
        if name.allSatisfy({ $0 == "." }) { name = "frames" }
        return isFolder(path) ? name + "_dream" : OutputNames.path(name, ending: "_dream.mp4")
    }
}
