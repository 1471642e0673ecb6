import Analysis
import Files
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// Counts the distinct facets of a channel among pictures from several seeds, or among pictures that are there.
struct FacetsJob: Job {
    let model: Model
    let layer: String
    /// The channel that is drawn; nil where pictures are given.
    let channel: Int?
    /// How alike the pictures of a facet are, 0 to 1.
    let threshold: Double
    /// A picture for each seed; none where pictures are given.
    let jobs: [PictureJob]
    /// The files of pictures that are there.
    let given: [String]
    /// SHA-256 of those, by their names; nil where pictures are drawn.
    let digests: [String: String]?
    /// The chart's file; a JSON file with all numbers lies beside it.
    let chart: String
    /// A chart's that is a JPEG.
    let quality: Int?
    let maximumPixels: Int

    var plan: Plan {
        .facets(
            Plan.FacetsPlan(
                model: model.name, weights: model.weightsSHA256, layer: layer, threshold: threshold,
                pictures: jobs.compactMap { if case .picture(let plan) = $0.plan { plan } else { nil } }, given: digests))
    }
    private var numbers: String { OutputNames.path(chart, ending: ".json") }
    var outputs: [String] { [chart, numbers] }
    var form: OutputForm {
        var form = OutputForm()
        form.quality = quality
        return form
    }
    var steps: Int { jobs.reduce(0) { $0 + $1.steps } }
    var memory: Int { jobs.map(\.memory).max() ?? 0 }
    var pictures: Int { max(jobs.count, 1) }
    var holdsPhotographs: Bool { jobs.contains(where: \.holdsPhotographs) }
    var inputs: [String] { given + jobs.flatMap(\.inputs) }
    var ingredients: [String] { jobs.first?.ingredients ?? [] }

    func checkOutputs(force: Bool) throws(Problem) {
        try OutputChecks.check(figure: chart)
        try OutputChecks.check(numbers)
    }

    /// The numbers say of which plan they are, and by which threshold the chart beside them counts.
    func isOwn(_ path: String) -> Bool {
        let own: [Plan] = jobs.isEmpty ? [plan] : jobs.map(\.plan)
        if path != numbers, Record.pictures(ofFile: path).map(\.plan) != own { return false }
        guard isFile(numbers) else { return true }
        struct Numbers: Decodable {
            let threshold: Double
            let plan: Plan?
        }
        guard let bytes = try? StandardInput.bytes(of: numbers), let found = try? JSONDecoder().decode(Numbers.self, from: Data(bytes)) else {
            return false
        }
        if let made = found.plan { return made == plan }
        // Those of earlier versions belong to the chart that they lie beside.
        return found.threshold == threshold && (path != numbers || isFile(chart) && isOwn(chart))
    }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        guard given.isEmpty else { return try look(context) }
        var inner = context.silent
        inner.rates = false
        // The pictures that there are when the work is cancelled are looked at as well.
        let drawn = try jobs.follow(inner)
        guard drawn.count >= 2 else { throw .interrupted }
        let isComplete = drawn.count == jobs.count && drawn.allSatisfy(\.isComplete)
        if context.isBatch, !isComplete { throw .interrupted }
        let scores = drawn.map(\.state.score)
        let subject = FacetReport.Subject(
            model: model.name, layer: layer, channel: channel, pictures: drawn.map { $0.state.plan.seed.map { "\($0)" } ?? "" },
            scores: scores, complete: isComplete)
        var result = try write(
            subject, drawn.flatMap(\.state.tensors), drawn.flatMap(\.state.shown), Record(sheet: drawn.flatMap(\.records)), context.workers)
        result.score = scores.reduce(0, +) / Float(scores.count)
        result.isDead = drawn.allSatisfy(\.isDead)
        result.isComplete = isComplete
        return result
    }

    /// Looks at pictures that are there.
    private func look(_ context: JobContext) throws(Problem) -> JobResult {
        let name = try model.layer(layer)
        var shown: [Picture] = []
        var tensors: [Tensor] = []
        for path in given {
            var picture = try Picture.reading(path, maximumPixels: maximumPixels).composited(over: 0.5)
            if let size = model.network.onlySize(for: name) { picture = picture.fitted(width: size.width, height: size.height) }
            do {
                _ = try model.network.seenShape(of: name, height: picture.height, width: picture.width)
            } catch {
                throw .badData("\(path): \(picture.width)x\(picture.height) pixels are not for \(layer): \(error)")
            }
            try model.network.checkMemory(
                for: [name], seeing: Network.Size(height: picture.height, width: picture.width), advice: "make \(path) smaller")
            shown.append(picture)
            tensors.append(try picture.tensor(channels: model.network.inputChannels, name: path))
        }
        let names = given.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        return try write(FacetReport.Subject(model: model.name, layer: layer, pictures: names), tensors, shown,
            Record(DrawnPicture(plan: plan, stepsDone: 0, score: 0)), context.workers)
    }

    /// Looks for facets, and writes the chart and the numbers.
    ///
    /// - Parameters:
    ///   - pictures: as the network takes them, `[channels, height, width]` each.
    ///   - record: how the pictures were drawn, or which were given.
    private func write(
        _ subject: FacetReport.Subject, _ pictures: [Tensor], _ shown: [Picture], _ record: Record, _ workers: Workers
    ) throws(Problem) -> JobResult {
        let similarity = GramSimilarity(model, try model.layer(layer), workers: workers)
        let matrix = try asProblem { () throws(WeightsError) in try similarity.matrix(of: pictures) }
        let report = FacetReport(subject, plan: plan, matrix: matrix, threshold: threshold)
        let picture = try report.chart(shown).write(record, quality: quality, to: chart)
        try Studio.write(json: report, to: numbers)
        var result = JobResult(score: 0)
        result.lines = ["\(chart)  \(report.line)"]
        result.values = [report]
        result.preview = picture
        return result
    }
}
