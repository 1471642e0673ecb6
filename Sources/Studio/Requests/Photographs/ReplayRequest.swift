import Files
import Images
import ModelStore
import Networks
import Visualization

/// Pictures again, from what they say of themselves.
public struct ReplayRequest: JobRequest {
    /// Paths of pictures that lucid drew; "-" for standard input.
    public var drawnPictures: [String] = []
    /// A file of the weights, where they are not the bundled or downloaded ones.
    public var weights: String?
    /// The network's name or file, where it is not found under the recorded name.
    public var model: String?
    /// Photographs that it was made from, and folders that hold some at any depth.
    public var picture: [String] = []
    /// The largest photograph that is read.
    public var reading = ReadingSettings()
    /// Where the pictures go, and in which form.
    public var output = OutputSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("drawn-pictures", list: \.drawnPictures, "pictures", "Pictures that lucid drew; - for standard input.").positional().reading().required()
        Setting("weights", \.weights, "file", "The weights it was made with, if they are not the bundled ones.").reading()
        Setting("model", \.model, "name", "The network it was made with, where that is not found under its name: for an .onnx file, its path.")
        Setting("picture", list: \.picture, "file", "A photograph that it was made from, or a folder with it; may be repeated. (default: the one of the same name here, or beside the picture)").reading().called("photo")
        ReadingSettings.lifted(\.reading)
        OutputSettings.lifted(\.output)
    }

    public func check() throws(Problem) { try output.check() }

    public func prepared(_ session: Session) throws(Problem) -> JobList {
        var list = JobList(label: "replay", jobs: [])
        var taken: Set<String> = []
        for drawnPicture in drawnPictures {
            do {
                try add(drawnPicture, to: &list, &taken, session)
            } catch {
                // A request that makes no sense stands in the picture.
                guard error.kind == .usage, error.setting != "output" else { throw error }
                throw .badData("\(drawnPicture): \(error.message)", setting: error.setting)
            }
        }
        if let stray = picture.first(where: { !taken.contains($0) }) {
            let which: Message = isFolder(stray) ? "holds none" : "is none"
            let drawn = drawnPictures.count == 1 ? "\(drawnPictures[0]) was" : "these pictures were"
            throw .badData("\(stray) \(which) of the photographs that \(drawn) drawn from")
        }
        return list
    }

    /// - Parameter taken: gets the photographs and folders that were named and that the picture was made from.
    private func add(_ drawnPicture: String, to list: inout JobList, _ taken: inout Set<String>, _ session: Session) throws(Problem) {
        if drawnPicture != "-", ScanFile.isScan(drawnPicture) {
            throw .badData("\(drawnPicture) is a scan; make it again with `lucid scan`", setting: "drawn-pictures")
        }
        let record = try Record(ofFile: drawnPicture)
        let drawn = try record.onlyPicture(of: drawnPicture)
        try enter(drawn.plan.profile)
        if record.version != version {
            list.notes.append("\(drawnPicture) was made by version \(record.version), this is \(version): the bytes may differ")
        }
        let given = try given(Set(drawn.plan.pictures.values), &taken)
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        var job: PictureJob
        let parts: OutputNames.Parts
        switch drawn.plan {
        case .picture(let plan):
            let model = try load(drawn.plan, of: drawnPicture, session, size: PictureSize(width: plan.width, height: plan.height))
            taken.formUnion(try photographs.find(plan, model: model, given: given, beside: drawnPicture))
            parts = OutputNames.Parts(model: model.name, seed: plan.seed, kind: "replay")
            let path = path(parts, drawn, of: drawnPicture)
            var paths = [String?](repeating: nil, count: plan.count)
            paths[drawn.picture ?? 0] = path
            job = try PictureJob(try output.sized(plan), model: model, photographs, to: paths, quality: output.quality(of: path, recorded: drawn.quality))
        case .dream(let plan):
            try refuseFrame(plan, of: drawnPicture)
            let model = try load(drawn.plan, of: drawnPicture, session)
            taken.formUnion(try photographs.find(plan.pictures.mapValues { $0 }, given: given, beside: drawnPicture))
            parts = OutputNames.Parts(model: model.name, seed: 0, kind: "replay")
            try checkMemory { memory throws(RenderError) in try Dream.check(plan, model: model, memory: memory) }
            let pictures = try DreamPictures(plan, photographs, channels: model.network.inputChannels)
            let path = path(parts, drawn, of: drawnPicture)
            job = try PictureJob(
                plan, pictures, model: model, photographs, to: path, quality: output.quality(of: path, recorded: drawn.quality))
        case .style(let plan):
            let model = try load(drawn.plan, of: drawnPicture, session)
            taken.formUnion(try photographs.find(plan.pictures.mapValues { $0 }, given: given, beside: drawnPicture))
            parts = OutputNames.Parts(model: model.name, seed: 0, kind: "replay")
            let path = path(parts, drawn, of: drawnPicture)
            job = try PictureJob(plan, model: model, photographs, to: path, quality: output.quality(of: path, recorded: drawn.quality))
        case .attribution(let plan):
            let model = try load(drawn.plan, of: drawnPicture, session)
            taken.formUnion(try photographs.find(plan.pictures.mapValues { $0 }, given: given, beside: drawnPicture))
            let path = path(OutputNames.Parts(model: model.name, seed: plan.recipe.seed, kind: "replay"), drawn, of: drawnPicture)
            list.jobs.append(
                try AttributionJob(plan, model: model, photographs, to: path, quality: output.quality(of: path, recorded: drawn.quality)))
            return
        case .tuning(let plan):
            let model = try load(drawn.plan, of: drawnPicture, session)
            let path = path(OutputNames.Parts(model: model.name, seed: 0, kind: "replay"), drawn, of: drawnPicture)
            list.jobs.append(try TuningJob(plan, model: model, to: path, quality: output.quality(of: path, recorded: drawn.quality)))
            return
        case .exemplars(let plan):
            let model = try load(drawn.plan, of: drawnPicture, session)
            taken.formUnion(try photographs.find(plan.pictures.mapValues { $0 }, given: given, beside: drawnPicture))
            let path = path(OutputNames.Parts(model: model.name, seed: 0, kind: "replay"), drawn, of: drawnPicture)
            list.jobs.append(
                try ExemplarsJob(plan, model: model, photographs, to: path, quality: output.quality(of: path, recorded: drawn.quality)))
            return
        default: throw .badData("\(drawnPicture) is none of the pictures that can be made again by themselves")
        }
        job.configure(output, parts)
        if output.depth == nil, job.quality == nil { job.depth = drawn.depth }
        job.steps = drawn.stepsDone
        list.jobs.append(job)
    }

    /// The photographs that were named, and those in folders that were named, by what is in them.
    ///
    /// - Parameters:
    ///   - digests: the wanted ones' SHA-256.
    ///   - taken: gets the folders that hold one of them.
    private func given(_ digests: Set<String>, _ taken: inout Set<String>) throws(Problem) -> [String] {
        var given: [String] = []
        for path in picture {
            guard isFolder(path) else {
                given.append(path)
                continue
            }
            var left = digests
            for name in try asProblem({ () throws(InputError) in try Picture.relativePaths(in: path) }).paths where !left.isEmpty {
                let file = FileName.join(path, name)
                // What cannot be read is none of them.
                guard let bytes = try? StandardInput.bytes(of: file), left.remove(sha256(of: bytes)) != nil else { continue }
                given.append(file)
                taken.insert(path)
            }
        }
        return given
    }

    /// A JPEG is made again as one, unless another name is given. Each of several pictures is called after the one that it repeats.
    private func path(_ parts: OutputNames.Parts, _ drawn: DrawnPicture, of drawnPicture: String) -> String {
        let path =
            drawnPictures.count == 1
            ? OutputNames.path(output.output, parts) : OutputNames.path(output.output, parts, photo: drawnPicture, kind: "replay")
        return drawn.quality != nil && !OutputNames.isNamed(output.output, parts) ? OutputNames.path(path, ending: ".jpg") : path
    }

    private func refuseFrame(_ plan: DreamPlan, of drawnPicture: String) throws(Problem) {
        guard let frame = plan.frame else { return }
        let (whole, again): (String, Message) = plan.zoom == nil ? ("film", "on the film") : ("flight", "with \(setting: "zoom")")
        throw .badData(
            "\(drawnPicture) is frame \(frame + 1) of a \(whole), which depends on those before it; run `lucid deepdream` \(again) again")
    }

    /// The network of a plan, with the weights that it was made with.
    private func load(_ plan: Plan, of drawnPicture: String, _ session: Session, size: PictureSize? = nil) throws(Problem) -> Model {
        let others = Problem.badData(
            "\(drawnPicture) was made with other weights of \(plan.model) (SHA-256 \(WeightsIdentity(plan.weights).sha256)); name them with \(setting: "weights"), or an .onnx file with \(setting: "model")")
        if weights == nil, model == nil {
            if try Session.library().rulesOut(weights: plan.weights, of: plan.model) { throw others }
        }
        let name = if let model { model } else { try Record.network(plan.model, of: drawnPicture) }
        var request = ModelRequest(name: name, weights: weights, weightsKey: WeightsIdentity(plan.weights).key, size: size?.networkSize)
        request.inputs = try (plan.preprocessing?.inputs ?? []).map { note throws(Problem) in
            if note.sha256 == nil { return GivenInput(note, .zeros) }
            // A plan may come from anywhere: its names lead to no other folder.
            let file = FileName.split(note.source).name
            guard let path = [file, OutputNames.beside(drawnPicture, file)].first(where: isFile) else {
                throw Problem(.missing, "\(file), which the input \(note.name) was held at, is not here")
            }
            return GivenInput(note, .file(path))
        }
        var model = try session.model(request)
        // The picture tells what the network was given.
        if plan.preprocessing != nil { model.assumption = nil }
        guard model.weightsSHA256 == plan.weights else { throw others }
        return model
    }
}
