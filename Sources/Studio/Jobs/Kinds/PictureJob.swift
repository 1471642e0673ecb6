import Files
import Images
import Networks
import Tensors
import Visualization

/// Draws the picture of one plan, or those that it draws together: step by step, keeping what is to be kept on the way.
struct PictureJob: Job {
    let model: Model
    var plan: Plan
    /// A file for each picture that the plan draws; nil for those that only a sheet shows.
    var paths: [String?]
    /// Steps to take; fewer than the plan's where a picture from on the way is made again.
    var steps: Int
    /// Steps after which the picture is kept as well.
    var saveAt: Set<Int> = []
    /// How the picture came about: a .gif, a .mp4, a folder, or a .png or .jpg for a sheet.
    var evolution: String?
    /// The captions under its pictures on a sheet; none for their numbers.
    var captions: [String] = []
    /// On a sheet each of its pixels is a square of so many.
    var enlargement = 1
    /// A JPEG's quality; nil for a PNG.
    var quality: Int?
    /// Bits of a sample; nil for those of a photograph, or else 8.
    var depth: Int?
    let memory: Int
    /// Whether its pictures let anything through.
    var isTransparent = false
    var holdsPhotographs = false
    var ingredients: [String] = []
    var inputs: [String] = []
    let make: @Sendable (JobContext) throws(Problem) -> any PictureProcess

    /// Pictures that are done, or as far as they came.
    struct Drawn: Sendable {
        let state: PictureState
        let records: [DrawnPicture]
        /// Nil where nobody asks.
        let rating: PictureRating?
        let paths: [String?]
        let captions: [String]
        let enlargement: Int
        /// No step had a gradient.
        let isDead: Bool
        let seconds: Double
        /// Why the way to them could not be kept.
        var failure: Problem?

        var isComplete: Bool { records.allSatisfy(\.complete) }
    }

    // MARK: Outputs

    private var saved: [Int] { saveAt.filter { $0 < steps }.sorted() }

    /// The pictures' files, those from on the way after them.
    private var files: [String] {
        let kept = paths.compactMap { $0 }
        return kept + kept.flatMap { path in saved.map { OutputNames.path(path, step: $0) } }
    }

    var evolutions: [String] { [evolution].compactMap { $0 } }
    var outputs: [String] { files + evolutions }

    var form: OutputForm {
        var form = OutputForm()
        form.quality = quality
        form.depth = depth
        form.steps = steps == plan.steps ? nil : steps
        form.saveAt = saved
        form.evolution = evolution.map { OutputNames.ending(of: $0) }
        form.files = paths.map { $0 != nil }
        return form
    }

    var hasRecord: Bool { outputs.count == 1 && paths.count == 1 && !outputs.contains(where: OutputNames.isArray) }

    func checkOutputs(force: Bool) throws(Problem) {
        if let last = saveAt.max(), !paths.contains(where: { $0 != nil }) {
            throw .usage("\(setting: "save-at") keeps single pictures, and step \(last) would go on a sheet only; draw them one by one")
        }
        if let last = saveAt.max(), last > steps {
            throw .usage("\(setting: "save-at") \(last) is never reached in \(steps) steps; see \(setting: "steps")")
        }
        for path in files { try OutputChecks.check(picture: path) }
        if let evolution { try Evolution.check(evolution, force: force) }
    }

    /// A picture from on the way, or one that was interrupted, is of the same plan; none that came further than this will.
    func isOwn(_ path: String) -> Bool {
        let drawn = Record.pictures(ofFile: path)
        return !drawn.isEmpty && drawn.allSatisfy { $0.plan.onTheWay == plan.onTheWay && $0.stepsDone <= steps }
    }

    /// Whether its folder has no other picture of the network yet.
    var beginsFolder: Bool {
        guard let path = outputs.first, path != "-" else { return false }
        let (folder, name) = FileName.split(path)
        let names = (try? FolderListing.names(in: folder.isEmpty ? "." : folder)) ?? []
        return !names.contains { $0 != name && $0.hasPrefix(OutputNames.stem(model.name) + "_") }
    }

    // MARK: Drawing

    func draw(_ context: JobContext) throws(Problem) -> JobResult { result(of: try follow(context)) }

    /// The lines and numbers that tell of finished pictures.
    ///
    /// - Parameter sheet: where pictures without files of their own are.
    func result(of drawn: Drawn, on sheet: String? = nil) -> JobResult {
        var result = JobResult(score: drawn.state.score)
        (result.isComplete, result.isDead, result.failure) = (drawn.isComplete, drawn.isDead, drawn.failure)
        let paths = paths.compactMap { $0 }
        if paths != ["-"], let rating = drawn.rating {
            let record = drawn.records[0]
            let state = record.complete || record.stepsDone == steps ? "" : " (interrupted after \(counted(record.stepsDone, "step")))"
            let name = paths.isEmpty ? "\(plan.objective)\(seed)" : Self.list(paths)
            result.lines = ["\(name)  \(rating.text)  \(counted(record.stepsDone, "step")) in \(rounded(drawn.seconds, 1)) s\(state)"]
        }
        result.values = [Values(drawn, output: paths.first ?? sheet ?? "", outputs: paths.count > 1 ? paths : nil, classNames: model.classNames)]
        if result.isDead {
            result.warning = neverAnswered
        } else if let rank = drawn.rating?.rank, !rank.answers {
            result.warning = "\(plan.objective) does not answer the finished picture, which others of its layer do; try another \(setting: "seed"), \(setting: "relu") redirected, or \(setting: "start") with a photograph"
        } else if let clipped = drawn.rating?.measures?["clipped"], clipped > Self.mostClipped {
            result.warning = blackAndWhite(clipped)
        }
        if sheet == nil, drawn.rating != nil {
            result.preview = drawn.state.shown.count == 1 ? drawn.state.shown[0] : ContactSheet.compose(drawn.state.shown)
        }
        return result
    }

    /// "a.png", "a_0.png a_1.png" or, of more, "a_0.png to a_7.png"
    private static func list(_ paths: [String]) -> String {
        paths.count > 2 ? "\(paths[0]) to \(FileName.split(paths[paths.count - 1]).name)" : paths.joined(separator: " ")
    }

    /// Takes the steps, and writes what there is when they are done or the work is cancelled. One of a batch that is cancelled leaves
    /// nothing.
    func follow(_ context: JobContext) throws(Problem) -> Drawn {
        let start = ContinuousClock.now
        if isTransparent, let evolution { try context.reportLostOpacity(in: evolution) }
        var evolution = try Evolution(evolution, steps: steps, Record(DrawnPicture(plan: plan, stepsDone: steps, score: 0)))
        // The picture is worth more than its film, and is drawn and written whatever becomes of that.
        var failure: Problem?
        func keep(_ body: (Evolution) throws(Problem) -> Void) {
            do throws(Problem) { if let evolution { try body(evolution) } } catch { (failure, evolution) = (error, nil) }
        }
        var process = try make(context)
        if let depth = depth.flatMap(Picture.BitDepth.init(rawValue:)) { process.depth = depth }
        let prepared = ContinuousClock.now
        while process.stepsDone < steps, !process.hasConverged, !context.isCancelled() {
            keep { way throws(Problem) in
                try way.note(process.stepsDone) { () throws(Problem) in try Self.asked(process, isLast: false).shown }
            }
            let score = try asProblem { () throws(RenderError) in try process.step() }
            try context.step(score: score, share: process.workDone)
            if saveAt.contains(process.stepsDone), process.stepsDone < steps {
                _ = try save(process, Self.asked(process, isLast: false), step: process.stepsDone)
            }
        }
        if context.isBatch, process.stepsDone < steps, !process.hasConverged { throw .interrupted }
        let drawn = ContinuousClock.now
        let state = try Self.asked(process, isLast: true)
        let records = try save(process, state, step: nil)
        keep { way throws(Problem) in try way.finish(process.stepsDone, Self.asked(process, isLast: false).shown) }
        let rating = !context.rates ? nil : try asProblem { () throws(RenderError) in try process.rating(of: state) }
        let phases = [("prepared", prepared - start), ("drawn", drawn - prepared), ("checked and written", ContinuousClock.now - drawn)]
        let times = phases.map { "\($0) in \(rounded(seconds($1), 2)) s" }.joined(separator: ", ")
        try context.detail("\(plan.objective)\(seed): \(times)")
        return Drawn(
            state: state, records: records, rating: rating, paths: paths, captions: captions, enlargement: enlargement, isDead: process.isDead,
            seconds: seconds(ContinuousClock.now - start), failure: failure)
    }

    private static func asked(_ process: any PictureProcess, isLast: Bool) throws(Problem) -> PictureState {
        try asProblem { () throws(RenderError) in try process.pictures(isLast: isLast) }
    }

    /// " seed 3"
    private var seed: String { if case .picture(let plan) = plan { " seed \(plan.seed)" } else { "" } }

    /// The share of black and white above which a picture shows nothing else; what other tools draw of early layers has up to a half.
    private static let mostClipped: Float = 0.6

    private func blackAndWhite(_ share: Float) -> Message {
        guard case .picture(let plan) = plan else { return "" }
        let bound: Message = plan.spectrumBound == nil && plan.parameterization.canvas.traits.contains(.spectrumBound)
            ? "\(setting: "spectrum-bound") 2.5, " : ""
        return "\(rounded(Double(100 * share), 0)) % of this picture is black or white, which leaves no shapes to see; try \(bound)a smaller \(setting: "learning-rate") or fewer \(setting: "steps")"
    }

    private var neverAnswered: Message {
        guard case .picture(let plan) = plan else { return "" }
        let advice: Message = plan.rectifier == .redirected ? "a larger \(setting: "size")" : "\(setting: "relu") redirected"
        return "\(plan.objective) never answered: every gradient was zero, and the picture is noise; try another \(setting: "seed"), \(advice), or \(setting: "start") with a photograph"
    }

    /// Writes the pictures as they stand, with their records.
    private func save(_ process: any PictureProcess, _ state: PictureState, step: Int?) throws(Problem) -> [DrawnPicture] {
        let records = state.shown.indices.map { index in
            DrawnPicture(
                plan: state.plan, stepsDone: process.stepsDone, score: state.score, picture: state.shown.count > 1 ? index : nil,
                converged: process.hasConverged, quality: quality, depth: depth)
        }
        for (index, path) in paths.enumerated() {
            guard let path = path.map({ path in step.map { OutputNames.path(path, step: $0) } ?? path }) else { continue }
            if OutputNames.isArray(path) {
                let values = state.values[index], shape = values.shape
                let bytes = NumPyArray.bytes(shape: [shape.channels, shape.height, shape.width], values: values.elements)
                try asProblem { () throws(OutputError) in try OutputFile.write(bytes, to: path) }
            } else {
                try state.shown[index].write(Record(records[index]), quality: quality, to: path)
            }
        }
        return records
    }

    /// The numbers of finished pictures, for scripts.
    struct Values: Encodable, Sendable {
        let output: String
        let outputs: [String]?
        /// The unit's layer and channel or class, and the class's name, for pictures of one unit.
        let layer: String?
        let index: Int?
        let label: String?
        let score: Float
        /// What the score is: "mean activation".
        let scoreUnit: String
        let scoreWithTransforms: Float?
        /// Whether the unit answers the finished picture; nil for pictures that are not about one unit.
        let answers: Bool?
        let rank: NamedRank?
        let measures: [String: Float]?
        let steps: Int
        let complete: Bool
        let seconds: Double
        let plan: Plan

        init(_ drawn: Drawn, output: String, outputs: [String]?, classNames: [String]?) {
            let record = drawn.records[0]
            let subject = if case .picture(let plan) = record.plan { Subject(plan.objective) } else { Subject?.none }
            (layer, index) = (subject?.layer, subject?.index)
            let isClass = subject?.command == ClassRequest.command || drawn.rating?.rank?.isOfClasses == true
            label = subject?.index.flatMap { index in
                isClass && classNames?.indices.contains(index) == true ? classNames?[index] : nil
            }
            (self.output, self.outputs, score) = (output, outputs, drawn.state.score)
            scoreUnit = record.plan.measure
            (scoreWithTransforms, measures) = (drawn.rating?.scoreWithTransforms, drawn.rating?.measures)
            rank = drawn.rating?.rank.map { NamedRank($0, classNames) }
            answers = drawn.rating?.rank?.answers
            (steps, complete, seconds, plan) = (record.stepsDone, record.complete, drawn.seconds, record.plan)
        }
    }
}
