import Images
import ModelStore
import Networks
import Tensors
import Visualization

/// A wish for jobs.
public protocol JobRequest: SettingGroup {
    /// Where the results go.
    var output: OutputSettings { get set }
    /// Decides how this process computes, before it computes anything; reads everything that the settings name, checks it, and plans
    /// the jobs.
    func prepared(_ session: Session) throws(Problem) -> JobList
}

/// A wish for pictures, as a command, a manifest's entry or a form states it: which settings there are, and which jobs they mean.
public protocol DrawingRequest: JobRequest {
    /// The command's name.
    static var command: String { get }
    /// Whether the index names several pictures, a file each.
    static var drawsEachIndex: Bool { get }
    /// Whether the most important file is a sheet or a chart.
    static var makesFigures: Bool { get }
    /// The network.
    var model: ModelSettings { get set }
    /// The kernels that the results are computed with.
    var numerics: NumericSettings { get }
    /// Reads everything that the settings name, checks it, and plans the jobs.
    func jobs(_ session: Session) throws(Problem) -> JobList
}

/// The jobs of one request.
public struct JobList: Sendable {
    /// A few words for the progress: "features.10:5".
    public var label: String
    /// In the order in which their pictures are named.
    public var jobs: [any Job]
    /// Something that people should know.
    public var notes: [Message] = []
    /// What to try next, for somebody who has drawn a first picture.
    public var hint: Message?
}

/// Decides how this process computes, before it computes anything.
func enter(_ profile: NumericProfile?) throws(Problem) {
    do {
        try NumericProfile.enter(profile)
    } catch {
        throw Problem(error)
    }
}

extension DrawingRequest {
    public static var drawsEachIndex: Bool { false }
    public static var makesFigures: Bool { false }

    public func prepared(_ session: Session) throws(Problem) -> JobList {
        try enter(numerics.profile)
        return try jobs(session)
    }
}

/// Every kind of request that a batch can hold, in the order of help texts.
public let allRequests: [any DrawingRequest.Type] = [
    ChannelRequest.self, NeuronRequest.self, LayerRequest.self, DirectionRequest.self, ClassRequest.self, ExpressionRequest.self,
    DiversityRequest.self, FacetsRequest.self, SheetRequest.self, ProgressionRequest.self, InterpolateRequest.self,
    CaricatureRequest.self, InvertRequest.self, AccentuateRequest.self, DreamRequest.self, StyleRequest.self, AttributeRequest.self,
    TuningRequest.self, ExemplarsRequest.self,
]

/// A request whose pictures are drawn from noise or another picture.
protocol RenderRequest: DrawingRequest {
    /// How the pictures are drawn.
    var render: RenderSettings { get set }
    /// The transforms where none are said.
    static var usualTransforms: String { get }
    /// Whether it climbs channels, classes or directions times their cosine.
    static var climbsUnits: Bool { get }
}

extension RenderRequest {
    static var usualTransforms: String { RenderSettings.usualTransforms }
    static var climbsUnits: Bool { false }

    public var numerics: NumericSettings { render.numerics }

    /// Plans the jobs, and says what a preset costs before it takes it.
    public func prepared(_ session: Session) throws(Problem) -> JobList {
        try enter(numerics.profile)
        var list = try jobs(session)
        if let preset = render.preset, case .picture(let plan)? = list.jobs.first?.plan, let note = cost(of: preset, plan) {
            list.notes.append(note)
        }
        if render.isPlain, list.jobs.count == 1, let job = list.jobs.first as? PictureJob, job.beginsFolder {
            list.hint = "to change the look: \(setting: "preset") best is clearer and takes twice as long, \(setting: "tv") 0.15 has less noise, \(setting: "seed") 1 is another picture"
        }
        return list
    }

    /// - Returns: nil for a preset that takes less than twice as long as the standard look.
    private func cost(of preset: String, _ plan: RenderPlan) -> Message? {
        let model = PlanModel(name: plan.model, weights: plan.weights, preprocessing: plan.preprocessing)
        guard let usual = try? RenderSettings().plan(plan.objective, model) else { return nil }
        let times = plan.pixelsSeen / (Double(plan.count) * usual.pixelsSeen)
        return times < 1.95 ? nil : "\(setting: "preset") \(preset) takes about \(Int(times.rounded())) times as long as the standard look"
    }

    /// The settings that all these requests have, after their own. What one has no use for it takes out of its table: then it is no
    /// option, no key of a manifest and in no help.
    static func common(
        _ model: WritableKeyPath<Self, ModelSettings> & Sendable, _ render: WritableKeyPath<Self, RenderSettings> & Sendable,
        _ output: WritableKeyPath<Self, OutputSettings> & Sendable
    ) -> [Setting<Self>] {
        let all = ModelSettings.settings.map { $0.lifted(model) } + RenderSettings.settings.map { $0.lifted(render) }
            + (OutputSettings.settings + SheetSettings.lifted(\.sheet)).map { $0.lifted(output) }
        // The others have an objective of their own.
        return climbsUnits ? all : all.without("cosine-power")
    }

    func checkCommon() throws(Problem) {
        try render.check()
        try output.check()
    }

    /// A drawing with this request's network.
    ///
    /// - Parameter others: photographs that the request names.
    func drawing(_ session: Session, _ others: [String] = []) throws(Problem) -> Drawing {
        var photographs = try render.photographs(others)
        photographs.notes = session.notes
        return Drawing(
            model: try session.model(model, size: render.size), render: render, output: output, photographs: photographs, workers: session.workers,
            words: render.words)
    }
}

/// The common part of requests that draw pictures: seeds, names, and what is kept on the way.
struct Drawing: Sendable {
    let model: Model
    var render: RenderSettings
    let output: OutputSettings
    var photographs: Photographs
    let workers: Workers
    /// What was asked of the look, for files' names.
    var words: [String] = []

    /// An objective with the parts of its picture's name.
    struct Subject {
        let objective: Objective
        var parts: OutputNames.Parts
        /// Where none are said.
        var transforms = RenderSettings.usualTransforms
    }

    /// The parts of a picture's name.
    func parts(layer: String? = nil, index: Int? = nil, kind: String? = nil) -> OutputNames.Parts {
        var parts = OutputNames.Parts(model: model.name, layer: layer, index: index, seed: render.seed ?? 0, kind: kind)
        parts.details = words + (render.seed.map { ["seed\($0)"] } ?? [])
        return parts
    }

    /// The parts of the name of a picture that is drawn to raise the objective, or to lower it.
    func signed(_ parts: OutputNames.Parts) -> OutputNames.Parts {
        var parts = parts
        if render.negative { parts.details.append("negative") }
        return parts
    }

    /// The file of a picture.
    func path(_ parts: OutputNames.Parts) -> String { OutputNames.path(output.output, parts) }

    /// A picture of each objective, or one for each seed.
    func jobs(_ subjects: [Subject], label: String) throws(Problem) -> JobList {
        let seeds = render.seeds?.seeds
        let isSheet = seeds != nil && !(output.output?.contains("{seed}") ?? false)
        let all = subjects.flatMap { subject in
            (seeds ?? [render.seed ?? 0]).map { seed in
                var subject = subject
                subject.parts.seed = seed
                subject.parts = signed(subject.parts)
                return subject
            }
        }
        if output.output == "-", all.count > 1, !isSheet {
            throw .usage("\(setting: "output") - takes one picture, and this would draw \(all.count)")
        }
        let jobs = try workers.map(all) { subject throws(Problem) in
            let plan = try render.plan(
                subject.objective, model: model, photographs, transforms: subject.transforms, seed: subject.parts.seed)
            var job = try job(plan, to: isSheet ? nil : path(subject.parts), subject.parts)
            let index = subjects.count > 1 ? subject.parts.index.map { "\($0), " } : nil
            job.captions = ["\(index ?? "")seed \(subject.parts.seed)"]
            return job
        }
        guard isSheet else {
            try output.sheet.refuse()
            return JobList(label: label, jobs: jobs)
        }
        var parts = signed(subjects[0].parts)
        parts.details.append("seeds\(render.seeds!.text)")
        if subjects.count > 1 { parts.index = nil }
        let columns = subjects.count > 1 ? seeds!.count : nil
        return JobList(label: label, jobs: [try sheet(jobs, to: path(parts), title: label, columns: columns)])
    }

    /// A job for one plan, with what is said of its outputs.
    func job(_ plan: RenderPlan, to path: String?, _ parts: OutputNames.Parts) throws(Problem) -> PictureJob {
        try job(plan, to: [path] + [String?](repeating: nil, count: plan.count - 1), parts, quality: path.flatMap { output.quality(of: $0) })
    }

    /// A job for a plan of several pictures.
    func job(_ plan: RenderPlan, to paths: [String?], _ parts: OutputNames.Parts, quality: Int?) throws(Problem) -> PictureJob {
        var job = try PictureJob(try output.sized(plan), model: model, photographs, to: paths, quality: quality)
        job.configure(output, parts)
        return job
    }

    /// The pictures of jobs on one sheet.
    ///
    /// - Parameter title: the unit, which stands after the network's name over the sheet where no other title is asked for.
    func sheet(
        _ jobs: [PictureJob], to path: String, title: String, columns: Int? = nil, index: String? = nil, isBrief: Bool = false
    ) throws(Problem) -> SheetJob {
        let job = SheetJob(
            jobs: jobs, sheet: path, columns: columns, index: index, isBrief: isBrief, quality: output.quality(of: path),
            title: output.sheet.title(SheetJob.title("\(model.name) \(title)", over: jobs)), isCaptioned: !output.sheet.noCaptions)
        try job.checkMemory()
        return job
    }

    /// "eye_1.png", "eye_2.png", … beside the file of all; no files beside standard output.
    func paths(beside path: String, count: Int) -> [String?] {
        // Single pictures are no drawings of lines and letters.
        let path = FigureFormat(fileName: path) != nil ? OutputNames.path(path, ending: ".png") : path
        return (0..<count).map { path == "-" ? nil : OutputNames.path(path, picture: $0) }
    }
}

extension Workers {
    /// Many values at once, in their order; the first problem if there is one.
    func map<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ value: @Sendable (Element) throws(Problem) -> Value
    ) throws(Problem) -> [Value] {
        let results = Results<Value>(count: elements.count)
        forEach(elements.count) { index in
            results[index] = Result { () throws(Problem) in try value(elements[index]) }
        }
        return try results.values()
    }
}
