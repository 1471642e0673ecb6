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

    private let layer: LayerName?
    private let photo: Picture
    private let square: ClassifiedSquare

    /// - Throws: a problem where the network has no such layer, or the photograph is none for it.
    init(_ plan: AttributionPlan, model: Model, _ photographs: Photographs, to path: String, quality: Int?) throws(Problem) {
        (self.model, attribution, self.photographs) = (model, plan, photographs)
        (self.path, self.quality) = (path, quality)
        layer = try plan.layer.map { name throws(Problem) in try model.layer(name) }
        photo = try photographs.picture(plan.photo)
        square = ClassifiedSquare(photo, model)
        try model.check(height: square.picture.height, width: square.picture.width)
        // Mistakes are found before anything is computed.
        _ = try score(.one)
        if let layer { _ = try PositionGrid(of: layer, in: model, square.picture) }
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

    private func score(_ workers: Workers) throws(Problem) -> PictureScore {
        try asProblem { () throws(RenderError) in
            try PictureScore(
                attribution.objective, model: model, height: square.picture.height, width: square.picture.width,
                layers: Set([layer].compactMap { $0 }), rectifier: attribution.recipe.rectifier,
                convolution: attribution.convolution, workers: workers)
        }
    }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let score = try score(context.workers)
        let picture = try square.picture.tensor(channels: model.network.inputChannels, name: attribution.photo)
        let baseline = attribution.baseline.picture(for: picture, model.preprocessing, seed: attribution.recipe.seed, workers: context.workers)
        var problem: Problem?
        func step() -> Bool {
            do throws(Problem) { try context.step(score: nil) } catch { problem = error }
            return problem == nil && !context.isCancelled()
        }
        let found = Attribution(attribution.recipe, of: score, layer: layer, at: picture, baseline: baseline, progress: step)
        if let problem { throw problem }
        guard let found else { throw .interrupted }
        let grid = try layer.map { layer throws(Problem) in try PositionGrid(of: layer, in: model, square.picture) }
        let map = grid?.map(found.map) ?? found.map
        guard map.elements.allSatisfy(\.isFinite) else { throw Problem(.failed, "\(attribution.photo): the map holds values that are not finite") }
        let largest = strength(map)
        let limit = attribution.limit ?? (largest > 0 ? largest : 1)
        var check: DeletionCheck?
        if checksMap {
            let (values, cells) = placed(map, grid)
            check = DeletionCheck(score, picture, baseline, map: values, cells: cells, progress: step)
        }
        if let problem { throw problem }
        if context.isCancelled() { throw .interrupted }
        let report = AttributionReport(attribution, found, map: map, limit: limit, check: check, file: path)
        var lines = ["\(path)  \(attribution.words): \(report.scores)"]
        if let channels = report.strongestChannels { lines.append("\(attribution.layer!)  \(channels)") }
        if let check { lines.append(check.line) }
        var caption = ["\(attribution.words), \(report.scores)", "\(attribution.recipe.method.rawValue)\(attribution.layer.map { " at \($0)" } ?? ""), \(model.name)"]
        if largest == 0 { caption.append("The map is 0 everywhere: nothing here speaks for or against it.") }
        let overlay = MapOverlay(
            photo: photo, values: map.elements, rows: map.shape.height, columns: map.shape.width, placement: placement(map, grid), limit: limit,
            colors: attribution.recipe.method.isSigned ? .signed : .positive, caption: caption)
        let record = Record(DrawnPicture(plan: plan, stepsDone: 1, score: found.score, quality: quality))
        var result = JobResult(score: found.score)
        result.preview = try overlay.figure.write(record, quality: quality, to: path)
        try writeNumbers(found)
        (result.lines, result.values) = (lines, [report])
        if largest == 0 { result.warning = "the map is 0 everywhere: nothing in this photograph speaks for or against it" }
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
                let rows = channels.enumerated().map { "\($0.offset),\($0.element)\n" }
                try OutputFile.write(Array(("channel,attribution\n" + rows.joined()).utf8), to: csv)
            }
        }
    }

    /// The share of pixels that a single large value must not hide.
    private static let pixelQuantile = 0.995

    /// The value with the strongest colour: the largest of positions; of pixels one that few exceed.
    private func strength(_ map: Tensor) -> Float {
        let sizes = map.elements.map(abs).sorted()
        if attribution.recipe.method.isOfLayer { return sizes.last ?? 0 }
        let quantile = sizes[Int(Double(sizes.count - 1) * Self.pixelQuantile)]
        return quantile > 0 ? quantile : sizes.last ?? 0
    }

    /// Where a map's positions look in the photograph.
    private func placement(_ map: Tensor, _ grid: PositionGrid?) -> MapOverlay.Placement {
        let (across, down) = (square.width / Double(square.picture.width), square.height / Double(square.picture.height))
        let (rows, columns) = (grid?.rows ?? ReceptiveField.Axis(), grid?.columns ?? ReceptiveField.Axis())
        return MapOverlay.Placement(
            firstColumn: square.left + columns.firstCentre * across, columnStep: Double(columns.step) * across,
            firstRow: square.top + rows.firstCentre * down, rowStep: Double(rows.step) * down, left: square.left, top: square.top,
            right: square.left + square.width, bottom: square.top + square.height)
    }

    /// The position of the map that looks at each pixel of the network's picture, and its value.
    private func placed(_ map: Tensor, _ grid: PositionGrid?) -> (values: [Float], cells: [Int]) {
        let values = map.elements
        guard let grid else { return (values, Array(values.indices)) }
        let cells = (0..<square.picture.height).flatMap { y in
            (0..<square.picture.width).map { x in
                grid.rows.position(of: y, count: map.shape.height) * map.shape.width + grid.columns.position(of: x, count: map.shape.width)
            }
        }
        return (cells.map { values[$0] }, cells)
    }
}

/// The positions of a layer as rows and columns, and where they look in the network's picture.
struct PositionGrid {
    let rows: ReceptiveField.Axis
    let columns: ReceptiveField.Axis
    /// Tokens before those of the patches, and the patches on a side; nil of a layer that has rows and columns itself.
    private let tokens: (others: Int, side: Int)?

    /// - Throws: a usage problem for a layer without positions.
    init(of layer: LayerName, in model: Model, _ picture: Picture) throws(Problem) {
        let shape: Shape
        do { shape = try model.network.seenShape(of: layer, height: picture.height, width: picture.width) } catch {
            throw .usage("\(model.name) cannot take \(picture.width)x\(picture.height) pixels: \(error)")
        }
        guard shape.area > 1 else {
            throw .usage("\(layer) of \(model.name) has no positions to map; name a layer before it with \(setting: "layer")", setting: "layer")
        }
        if shape.height > 1, shape.width > 1 {
            let field: ReceptiveField
            do { field = try model.network.receptiveField(of: layer, height: picture.height, width: picture.width) } catch {
                throw .usage("\(layer) cannot be placed: \(error)", setting: "layer")
            }
            (rows, columns, tokens) = (field.rows, field.columns, nil)
            return
        }
        // A transformer's tokens: those of square patches, row by row, perhaps after a class token.
        let side = Int(Double(shape.area).squareRoot())
        let others = shape.area - side * side
        guard others <= 1, picture.width % side == 0, picture.height % side == 0 else {
            throw .usage("the \(shape.area) positions of \(layer) lie in no square", setting: "layer")
        }
        func axis(_ extent: Int) -> ReceptiveField.Axis {
            ReceptiveField.Axis(extent: extent / side, step: extent / side, firstCentre: Double(extent / side) / 2)
        }
        (rows, columns, tokens) = (axis(picture.height), axis(picture.width), (others, side))
    }

    /// A map over the positions as `[1, rows, columns]`.
    func map(_ map: Tensor) -> Tensor {
        guard let tokens else { return map }
        return Tensor(Shape(1, tokens.side, tokens.side), Array(map.elements[tokens.others...]))
    }
}

extension ReceptiveField.Axis {
    /// The position whose middle is the nearest to a pixel's.
    func position(of pixel: Int, count: Int) -> Int {
        min(max(Int(((Double(pixel) + 0.5 - firstCentre) / Double(step)).rounded()), 0), count - 1)
    }
}
