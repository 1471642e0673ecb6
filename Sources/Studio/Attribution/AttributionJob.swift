import Analysis
import Files
import Images
import Networks
import Tensors
import Visualization

/// Finds which part of a photograph a score comes from, and draws it over the photograph.
struct AttributionJob: Job {
    let model: Model
    let attribution: AttributionPlan
    private let photographs: Photographs
    let path: String
    let quality: Int?
    /// Files of numbers beside the picture.
    var npy: String?
    var csv: String?
    /// Whether pixels are hidden and shown in the map's order.
    var checksMap = false

    let layer: LayerName?
    let photo: Picture
    let square: ClassifiedSquare
    /// The sheet with pictures of the layer's channels.
    let iconSheet: Picture?

    /// - Throws: a problem where the network has no such layer, or the photograph is none for it.
    init(_ plan: AttributionPlan, model: Model, _ photographs: Photographs, to path: String, quality: Int?) throws(Problem) {
        (self.model, attribution, self.photographs) = (model, plan, photographs)
        (self.path, self.quality) = (path, quality)
        layer = try plan.layer.map { name throws(Problem) in try model.layer(name) }
        photo = try photographs.picture(plan.photo)
        square = ClassifiedSquare(photo, model)
        iconSheet = try plan.icons.map { icons throws(Problem) in try photographs.picture(icons.picture) }
        try model.check(height: square.picture.height, width: square.picture.width)
        // Mistakes are found before anything is computed.
        let score = try score(.one)
        guard let layer else { return }
        // The layer itself has an answer as well: a class's scores speak for themselves.
        guard !plan.recipe.method.followsScore || score.targets.contains(where: { $0 == layer || model.network.depends($0, on: layer) }) else {
            throw .usage("\(layer) does not come before \(sentence: plan.words); name a \(setting: "layer") before it", setting: "layer")
        }
        if plan.by != .channel { _ = try PositionGrid(of: layer, in: model, square.picture) }
        if plan.recipe.method == .activationPath, score.behind(layer) == nil {
            throw .usage(
                "\(plan.words) does not come from \(layer) alone, as \(plan.recipe.method.rawValue) needs; name another \(setting: "layer")",
                setting: "layer")
        }
    }

    /// The layers whose weights are shuffled one after another to check the map.
    private func randomised() -> [Network.WeightedLayer] {
        guard let score = try? score(.one) else { return [] }
        return RandomisationCheck.some(of: model.network.weightedLayers(before: score.targets))
    }

    var plan: Plan { .attribution(attribution) }
    var outputs: [String] { [path, npy, csv].compactMap { $0 } }
    var inputs: [String] { photographs.paths }
    var form: OutputForm {
        var form = OutputForm()
        (form.quality, form.format) = (quality, checksMap ? "checked" : nil)
        form.files = [npy != nil, csv != nil]
        return form
    }
    var steps: Int {
        attribution.recipe.passes(height: square.picture.height, width: square.picture.width) + (checksMap ? DeletionCheck.pictures : 0)
            + (checksMap ? randomised().count * attribution.recipe.passes(height: square.picture.height, width: square.picture.width) : 0)
    }
    var memory: Int {
        let cost = model.network.cost(of: [model.network.logitsLayer], height: square.picture.height, width: square.picture.width)
        return 4 * (cost.remembered + 4 * cost.largestActivation + 3 * cost.parameters + 24 * photo.width * photo.height) + 64 << 20
    }
    var holdsPhotographs: Bool { true }
    var hasRecord: Bool { npy == nil && csv == nil }
    var ingredients: [String] { ["\(model.name), weights \(model.weightsSHA256)"] + photographs.descriptions }

    func checkOutputs(force: Bool) throws(Problem) {
        try OutputChecks.check(figure: path)
        for path in [npy, csv].compactMap({ $0 }) { try OutputChecks.check(path) }
    }

    /// Numbers belong to the picture that they lie beside.
    func isOwn(_ file: String) -> Bool { file == path ? Record.pictures(ofFile: file).map(\.plan) == [plan] : isFile(path) && isOwn(path) }

    private func score(_ workers: Workers, _ shuffle: WeightShuffle? = nil) throws(Problem) -> PictureScore {
        try asProblem { () throws(RenderError) in
            try PictureScore(
                attribution.objective, model: model, height: square.picture.height, width: square.picture.width,
                layers: Set([layer].compactMap { $0 }), rectifier: attribution.recipe.rectifier,
                convolution: attribution.convolution, shuffle: shuffle, workers: workers)
        }
    }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let score = try score(context.workers)
        let picture = try square.picture.tensor(channels: model.network.inputChannels, name: attribution.photo)
        let baselines = try attribution.baseline.pictures(for: picture, attribution, model, photographs, workers: context.workers)
        var problem: Problem?
        func step() -> Bool {
            do throws(Problem) { try context.step(score: nil) } catch { problem = error }
            return problem == nil && !context.isCancelled()
        }
        func found(_ score: PictureScore) -> Attribution? {
            Attribution(attribution.recipe, of: score, layer: layer, at: picture, baselines: baselines, progress: step)
        }
        let result = found(score)
        if let problem { throw problem }
        guard let result else { throw .interrupted }
        // Channels can be told of a layer without positions as well.
        let grid = try layer.flatMap { layer throws(Problem) in
            attribution.by == .channel
                ? try? PositionGrid(of: layer, in: model, square.picture) : try PositionGrid(of: layer, in: model, square.picture)
        }
        let map = grid?.map(result.map) ?? result.map
        guard map.elements.allSatisfy(\.isFinite) else { throw Problem(.failed, "\(attribution.photo): the map holds values that are not finite") }
        var check: AttributionCheck?
        if checksMap {
            let measure = try DeletionCheck.Measure(attribution.objective, score, model: model, workers: context.workers)
            let cells = grid?.cells(height: picture.shape.height, width: picture.shape.width, rowCount: map.shape.height, columnCount: map.shape.width)
            let deletion = layer != nil && grid == nil ? nil : DeletionCheck(
                measure, picture, baselines[0], baseline: attribution.baseline.text, map: map, cells: cells, workers: context.workers, progress: step)
            func compared(_ found: Attribution) -> RandomisationCheck.Compared {
                let map = grid?.map(found.map) ?? found.map
                return (map, layer == nil ? found.values : map)
            }
            let randomisation = try RandomisationCheck(
                compared(result), layers: randomised(), seed: attribution.recipe.seed
            ) { shuffle throws(Problem) in try found(self.score(context.workers, shuffle)).map(compared) }
            if let randomisation { check = AttributionCheck(deletion: deletion, randomisation: randomisation) }
        }
        if let problem { throw problem }
        if context.isCancelled() { throw .interrupted }
        return try written(AttributionFigure(self, result, map: map, grid), result, check)
    }

    /// Writes the figure and the numbers.
    private func written(_ drawing: AttributionFigure, _ found: Attribution, _ check: AttributionCheck?) throws(Problem) -> JobResult {
        let report = AttributionReport(attribution, found, drawing, check: check, file: path)
        var lines = ["\(path)  \(attribution.words): \(report.scores)"]
        if let channels = report.strongestChannels { lines.append("\(attribution.layer!)  \(channels)") }
        lines += check?.lines ?? []
        let record = Record(DrawnPicture(plan: plan, stepsDone: 1, score: found.score, quality: quality))
        var result = JobResult(score: found.score)
        result.preview = try drawing.figure(report).write(record, quality: quality, to: path)
        try writeNumbers(found)
        (result.lines, result.values) = (lines, [report])
        if drawing.isEmpty {
            result.warning = "the map is 0 everywhere: nothing in this photograph speaks for or against it"
        } else {
            result.warning = report.incompleteness.map { Message(stringLiteral: $0) }
        }
        return result
    }

    private func writeNumbers(_ found: Attribution) throws(Problem) {
        let shape = found.values.shape
        try asProblem { () throws(OutputError) in
            if let npy {
                try OutputFile.write(
                    NumPyArray.bytes(shape: [shape.channels, shape.height, shape.width], values: found.values.elements), to: npy)
            }
            if let csv, let channels = found.channels {
                let rows = channels.enumerated().map { "\($0),\($1.attribution),\($1.activation),\($1.gradient)\n" }
                try OutputFile.write(Array(("channel,attribution,activation,gradient\n" + rows.joined()).utf8), to: csv)
            }
        }
    }
}
