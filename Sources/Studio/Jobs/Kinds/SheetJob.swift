import Files
import FoundationEssentials
import Images
import Networks
import Synchronization
import Tensors
import Visualization

/// Draws several pictures and puts them on one sheet.
struct SheetJob: Job {
    var jobs: [PictureJob]
    /// The sheet's file.
    let sheet: String
    /// Pictures in a row; nil for a grid as square as can be.
    var columns: Int?
    /// A JSON file beside the sheet that says what is where.
    var index: String?
    /// People are told of the sheet only, not of each picture.
    var isBrief = false
    /// A JPEG's quality; nil for a PNG.
    var quality: Int?
    /// Over the pictures; nil for none.
    var title: String?
    /// Whether each has a caption under it.
    var isCaptioned = true

    var model: Model { jobs[0].model }
    var plan: Plan {
        let plans = jobs.compactMap { if case .picture(let plan) = $0.plan { plan } else { nil } }
        return .sheet(Plan.SheetPlan(pictures: plans, columns: columns))
    }
    var evolutions: [String] { jobs.flatMap(\.evolutions) }
    var outputs: [String] { [sheet, index].compactMap { $0 } + jobs.flatMap(\.outputs) }
    var form: OutputForm {
        var form = jobs[0].form
        form.quality = quality
        form.files = jobs.flatMap(\.form.files)
        return form
    }
    var steps: Int { jobs.reduce(0) { $0 + $1.steps } }
    var memory: Int { jobs.map(\.memory).max() ?? 0 }
    var pictures: Int { jobs.count }
    var holdsPhotographs: Bool { jobs.contains(where: \.holdsPhotographs) }
    var ingredients: [String] { jobs[0].ingredients }
    var inputs: [String] { jobs.flatMap(\.inputs) }

    /// Finds out whether there is memory for the pictures, which are kept until the last is drawn, and for the sheet of them.
    func checkMemory() throws(Problem) {
        let sizes = jobs.flatMap { job -> [(width: Int, height: Int)] in
            guard case .picture(let plan) = job.plan else { return [] }
            let size = plan.outputSize.map { ($0.width, $0.height) } ?? (plan.width, plan.height)
            return [(width: Int, height: Int)](repeating: size, count: plan.count)
        }
        guard !sizes.isEmpty else { return }
        try ContactSheet.Layout(sizes, columns: columns).checkMemory(advice: "draw fewer pictures, or try a smaller \(setting: "size")")
    }

    func checkOutputs(force: Bool) throws(Problem) {
        try OutputChecks.check(figure: sheet)
        if let index { try OutputChecks.check(index) }
        for job in jobs { try job.checkOutputs(force: force) }
    }

    /// The index belongs to the sheets of its name, in whatever format: they have the same pictures at the same places.
    func isOwn(_ path: String) -> Bool {
        if let job = jobs.first(where: { $0.outputs.contains(path) }) { return job.isOwn(path) }
        if path == index { return isIndex(path) }
        guard let record = try? Record(ofFile: path), record.isSheet else { return false }
        let (made, own) = (record.pictures.map(\.plan), jobs.flatMap { [Plan](repeating: $0.plan, count: $0.paths.count) })
        // One that was interrupted may lack pictures.
        return made == own || !record.pictures.allSatisfy(\.complete) && made.allSatisfy(own.contains)
    }

    /// Whether a file is the index of a sheet of the same plan, which may be in another format.
    private func isIndex(_ path: String) -> Bool {
        struct Whole: Decodable { let plan: Plan }
        struct Listed: Decodable { let objective: String }
        guard let bytes = try? StandardInput.bytes(of: path) else { return false }
        let decoder = JSONDecoder()
        if let whole = try? decoder.decode(Whole.self, from: Data(bytes)) {
            guard case .sheet(let made) = whole.plan, case .sheet(let own) = plan else { return false }
            // One that was interrupted lacks pictures.
            let isPart = made.pictures.count < own.pictures.count && made.pictures.allSatisfy(own.pictures.contains)
            return made == own || made.columns == own.columns && isPart
        }
        // Earlier versions wrote a list alone, which belongs to the sheet that it lies beside.
        guard isFile(sheet), isOwn(sheet), let listed = try? decoder.decode([Listed].self, from: Data(bytes)) else { return false }
        return Set(listed.map(\.objective)).isSubset(of: jobs.map(\.plan.objective))
    }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        var inner = context
        inner.rates = !context.isBatch || index != nil
        let all = try jobs.follow(inner) { job, drawn throws(Problem) in
            var result = job.result(of: drawn, on: sheet)
            if isBrief || sheet == "-" { result.lines = [] }
            try context.report(.drawn(job, result, seconds: drawn.seconds))
        }
        guard !all.isEmpty else { throw .interrupted }
        return try write(all)
    }

    /// Writes the sheet of pictures that are done.
    func write(_ all: [PictureJob.Drawn]) throws(Problem) -> JobResult {
        let pictures = all.flatMap(\.state.shown)
        let tiles = all.flatMap(tiles)
        let records = all.flatMap(\.records).map { record in
            var record = record
            record.quality = quality
            return record
        }
        let figure = ContactSheet.figure(tiles, columns: columns, title: title)
        let composed = try figure.write(Record(sheet: records), quality: quality, to: sheet)
        if let index {
            let plan = Plan.SheetPlan(pictures: records.compactMap { if case .picture(let plan) = $0.plan { plan } else { nil } }, columns: columns)
            try Studio.write(json: Index(sheet: relativePath(of: sheet, from: index), title: title, plan: .sheet(plan), pictures: entries(all, tiles)), to: index)
        }
        let scores = all.map(\.state.score)
        var result = JobResult(score: scores.reduce(0, +) / Float(scores.count))
        result.isDead = all.allSatisfy(\.isDead)
        result.isComplete = all.count == jobs.count && all.allSatisfy(\.isComplete)
        result.failure = all.lazy.compactMap(\.failure).first
        let wanted = jobs.reduce(0) { $0 + $1.paths.count }
        let count = pictures.count < wanted ? "\(pictures.count) of \(counted(wanted, "picture"))" : counted(wanted, "picture")
        if sheet != "-" { result.lines = ["\(sheet)  \(count)"] }
        result.preview = composed
        return result
    }

    /// The narrowest picture that has its score under it, in pixels.
    private static let leastScored = 96

    /// A title that says what the numbers under the pictures are: "vgg16 features.10 · mean activation".
    static func title(_ words: String, over jobs: [PictureJob]) -> String {
        let areScored = jobs.contains { job in
            guard case .picture(let plan) = job.plan, plan.count == 1 else { return false }
            return (plan.outputSize?.width ?? plan.width) * job.enlargement >= leastScored
        }
        guard areScored, let measure = jobs.map(\.plan.measure).shared else { return words }
        return "\(words) · \(measure)"
    }

    /// "1304", "61.5" or "0.02"
    private static func brief(_ score: Float) -> String {
        let size = abs(score)
        return rounded(Double(score), size >= 1000 ? 0 : size >= 10 ? 1 : 2)
    }

    /// The pictures of one job with their captions. Those that are drawn together have one score, which is of them all.
    private func tiles(_ job: PictureJob.Drawn) -> [ContactSheet.Tile] {
        job.state.shown.enumerated().map { index, picture in
            let picture = picture.enlarged(times: job.enlargement)
            guard isCaptioned else { return ContactSheet.Tile(picture) }
            let name = index < job.captions.count ? job.captions[index] : "\(index)"
            let isScored = job.state.shown.count == 1 && picture.width >= Self.leastScored
            return ContactSheet.Tile(picture, caption: isScored ? "\(name) · \(Self.brief(job.state.score))" : name)
        }
    }

    /// A sheet's index.
    private struct Index: Encodable {
        /// The sheet's file, counted from the index's folder.
        let sheet: String
        let title: String?
        /// How all its pictures were drawn.
        let plan: Plan
        let pictures: [Entry]
    }

    /// One picture in a sheet's index.
    private struct Entry: Encodable {
        /// The unit's layer and channel, for pictures of one unit.
        let layer: String?
        let index: Int?
        let objective: String
        let seed: UInt64
        let picture: Int?
        let score: Float
        let scoreUnit: String
        let scoreWithTransforms: Float?
        let rank: NamedRank?
        /// Its own file, counted from the index's folder.
        let file: String?
        /// In the grid, from 0.
        let row: Int
        let column: Int
        /// The picture's part of the sheet, in pixels from its upper left corner, without the words under it.
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    /// The sheet's pictures in its order.
    private func entries(_ all: [PictureJob.Drawn], _ tiles: [ContactSheet.Tile]) -> [Entry] {
        let layout = ContactSheet.Layout(tiles, columns: columns, title: title)
        let drawn = all.flatMap { job in zip(job.paths, job.records).map { (job: job, path: $0, record: $1) } }
        return zip(drawn, zip(layout.cells, tiles.map(\.picture))).compactMap { entry, place in
            guard case .picture(let plan) = entry.record.plan else { return nil }
            let subject = Subject(plan.objective)
            return Entry(
                layer: subject?.layer, index: subject?.index, objective: plan.objective, seed: plan.seed, picture: entry.record.picture,
                score: entry.record.score, scoreUnit: entry.record.plan.measure,
                scoreWithTransforms: entry.job.rating?.scoreWithTransforms, rank: entry.job.rating?.rank.map { NamedRank($0, model.classNames) },
                file: entry.path.map { relativePath(of: $0, from: index!) }, row: place.0.row, column: place.0.column,
                x: place.0.x, y: place.0.y, width: place.1.width, height: place.1.height)
        }
    }
}

extension [PictureJob] {
    /// Draws pictures, several at a time with one thread each, so that none waits for another; a single one with all threads.
    ///
    /// - Parameter done: told of each as soon as it is done.
    /// - Returns: those that were begun, in their order.
    func follow(
        _ context: JobContext, done: (PictureJob, PictureJob.Drawn) throws(Problem) -> Void = { _, _ throws(Problem) in }
    ) throws(Problem) -> [PictureJob.Drawn] {
        var inner = context
        if count > 1 { inner.workers = .one }
        let problems = Mutex<[Problem]>([])
        let finished = Mutex<[Int: PictureJob.Drawn]>([:])
        context.workers.forEach(count) { index in
            guard !context.isCancelled(), problems.withLock({ $0.isEmpty }) else { return }
            do throws(Problem) {
                let drawn = try self[index].follow(inner)
                finished.withLock { $0[index] = drawn }
                try done(self[index], drawn)
            } catch {
                problems.withLock { $0.append(error) }
            }
        }
        if let problem = problems.withLock({ $0.first }) { throw problem }
        return finished.withLock { finished in indices.compactMap { finished[$0] } }
    }
}
