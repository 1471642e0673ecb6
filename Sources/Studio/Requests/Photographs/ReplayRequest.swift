import ModelStore
import Networks
import Visualization

/// A picture again, from what it says of itself.
public struct ReplayRequest: JobRequest {
    public var drawnPicture = ""
    public var weights: String?
    public var model: String?
    /// Photographs that it was made from.
    public var picture: [String] = []
    public var reading = ReadingSettings()
    public var output = OutputSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("drawn-picture", required: \.drawnPicture, "picture", "A picture that lucid drew; - for standard input.").positional().reading()
        Setting("weights", \.weights, "file", "The weights it was made with, if they are not the bundled ones.").reading()
        Setting("model", \.model, "name", "The network it was made with, where that is not found under its name: for an .onnx file, its path.")
        Setting("picture", list: \.picture, "file", "A photograph that it was made from, wherever it lies now; may be repeated. (default: the one of the same name here, or beside the picture)").reading()
        ReadingSettings.lifted(\.reading)
        OutputSettings.lifted(\.output)
    }

    public func check() throws(Problem) { try output.check() }

    public func prepared(_ session: Session) throws(Problem) -> JobList {
        do {
            return try jobs(session)
        } catch {
            // A request that makes no sense stands in the picture.
            guard error.kind == .usage, error.setting != "output" else { throw error }
            throw .badData("\(drawnPicture): \(error.message)", setting: error.setting)
        }
    }

    private func jobs(_ session: Session) throws(Problem) -> JobList {
        let record = try Record(ofFile: drawnPicture)
        let drawn = try record.onlyPicture(of: drawnPicture)
        try enter(drawn.plan.profile)
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        var job: PictureJob
        let parts: OutputNames.Parts
        switch drawn.plan {
        case .picture(let plan):
            let model = try load(drawn.plan, session, size: PictureSize(width: plan.width, height: plan.height))
            try photographs.find(plan, model: model, given: picture, beside: drawnPicture)
            parts = OutputNames.Parts(model: model.name, seed: plan.seed, kind: "replay")
            if plan.alpha { try output.checkOpacity() }
            let path = path(parts, drawn)
            var paths = [String?](repeating: nil, count: plan.count)
            paths[drawn.picture ?? 0] = path
            job = try PictureJob(try output.sized(plan), model: model, photographs, to: paths, quality: output.quality(of: path, recorded: drawn.quality))
        case .dream(let plan):
            try refuseFrame(plan)
            let model = try load(drawn.plan, session)
            try photographs.find(plan.pictures.mapValues { $0 }, given: picture, beside: drawnPicture)
            parts = OutputNames.Parts(model: model.name, seed: 0, kind: "replay")
            try checkMemory { memory throws(RenderError) in try Dream.check(plan, model: model, memory: memory) }
            let pictures = try DreamPictures(plan, photographs, channels: model.network.inputChannels)
            let path = path(parts, drawn)
            job = try PictureJob(
                plan, pictures, model: model, photographs, to: path, quality: output.quality(of: path, recorded: drawn.quality))
        case .style(let plan):
            let model = try load(drawn.plan, session)
            try photographs.find(plan.pictures.mapValues { $0 }, given: picture, beside: drawnPicture)
            parts = OutputNames.Parts(model: model.name, seed: 0, kind: "replay")
            let path = path(parts, drawn)
            job = try PictureJob(plan, model: model, photographs, to: path, quality: output.quality(of: path, recorded: drawn.quality))
        default: throw .badData("\(drawnPicture) is none of the pictures that can be made again by themselves")
        }
        job.configure(output, parts)
        job.steps = drawn.stepsDone
        let notes: [Message] =
            record.version == version
            ? [] : ["\(drawnPicture) was made by version \(record.version), this is \(version): the bytes may differ"]
        return JobList(label: "replay", jobs: [job], notes: notes)
    }

    /// A JPEG is made again as one, unless another name is given.
    private func path(_ parts: OutputNames.Parts, _ drawn: DrawnPicture) -> String {
        output.output == nil && drawn.quality != nil
            ? OutputNames.path(OutputNames.path(nil, parts), ending: ".jpg") : OutputNames.path(output.output, parts)
    }

    private func refuseFrame(_ plan: DreamPlan) throws(Problem) {
        guard let frame = plan.frame else { return }
        let (whole, again): (String, Message) = plan.zoom == nil ? ("film", "on the film") : ("flight", "with \(setting: "zoom")")
        throw .badData(
            "\(drawnPicture) is frame \(frame + 1) of a \(whole), which depends on those before it; run `lucid deepdream` \(again) again")
    }

    /// The network of a plan, with the weights that it was made with.
    private func load(_ plan: Plan, _ session: Session, size: PictureSize? = nil) throws(Problem) -> Model {
        let others = Problem.badData(
            "\(drawnPicture) was made with other weights of \(plan.model) (SHA-256 \(WeightsIdentity(plan.weights).sha256)); name them with \(setting: "weights"), or an .onnx file with \(setting: "model")")
        if weights == nil, model == nil {
            if try Session.library().rulesOut(weights: plan.weights, of: plan.model) { throw others }
        }
        let model = try session.model(
            ModelRequest(
                name: self.model ?? plan.model, weights: weights, weightsKey: WeightsIdentity(plan.weights).key, size: size?.networkSize))
        guard model.weightsSHA256 == plan.weights else { throw others }
        return model
    }
}
