import Files
import Images
import Networks
import Tensors
import Visualization

/// Lays the exemplars of a unit out on a sheet, beside the unit's own picture.
struct ExemplarsJob: Job {
    let model: Model
    let exemplars: ExemplarsPlan
    private let photographs: Photographs
    let path: String
    let quality: Int?
    var csv: String?
    private let unit: ExemplarUnit
    private let drawing: PictureJob?

    /// Pictures in a row.
    private static let columns = 9
    /// Pixels of a sheet that has room for its title on one line.
    private static let wide = 400

    init(_ plan: ExemplarsPlan, model: Model, _ photographs: Photographs, to path: String, quality: Int?) throws(Problem) {
        (self.model, exemplars, self.photographs, self.path, self.quality) = (model, plan, photographs, path, quality)
        unit = try ExemplarUnit(plan.unit, model, byMean: plan.byMean)
        drawing = try plan.drawing.map { drawing throws(Problem) in try PictureJob(drawing, model: model, Photographs(), to: [nil]) }
    }

    var plan: Plan { .exemplars(exemplars) }
    var outputs: [String] { [path, csv].compactMap { $0 } }
    var inputs: [String] { photographs.paths }
    var form: OutputForm {
        var form = OutputForm()
        (form.quality, form.files) = (quality, [csv != nil])
        return form
    }
    var steps: Int { exemplars.exemplars.count + (drawing?.steps ?? 0) }
    var memory: Int {
        let side = model.preprocessing.crop
        let cost = model.network.cost(of: [model.network.logitsLayer], height: side, width: side)
        return max(drawing?.memory ?? 0, 4 * (4 * cost.largestActivation + 3 * cost.parameters)) + 128 << 20
    }
    var holdsPhotographs: Bool { true }
    var hasRecord: Bool { csv == nil }
    var ingredients: [String] { ["\(model.name), weights \(model.weightsSHA256)"] + photographs.descriptions }

    func checkOutputs(force: Bool) throws(Problem) {
        try OutputChecks.check(figure: path)
        if let csv { try OutputChecks.check(csv) }
    }

    func isOwn(_ file: String) -> Bool { file == path ? Record.pictures(ofFile: file).map(\.plan) == [plan] : isFile(path) && isOwn(path) }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        var tiles: [ContactSheet.Tile] = []
        var rows: [ExemplarReport.Row] = []
        for exemplar in exemplars.exemplars {
            if context.isCancelled() { throw .interrupted }
            let square = ClassifiedSquare(try photographs.picture(exemplar.photo), model).picture
            let answer = unit(try square.tensor(channels: model.network.inputChannels, name: exemplar.photo), workers: context.workers)
            let tile = ExemplarTile(
                square, answer.map, unit.axes, crop: exemplars.crop, threshold: exemplars.threshold, side: exemplars.cell)
            let band = exemplar.band == "top" ? "" : exemplar.band == "lowest" ? "lowest, " : "at \(exemplar.band), "
            tiles.append(ContactSheet.Tile(tile.picture, caption: "\(band)\(short(answer.value))"))
            rows.append(
                ExemplarReport.Row(
                    band: exemplar.band, rank: exemplar.rank, photo: exemplar.photo, row: tile.row, column: tile.column, value: answer.value,
                    quantile: exemplar.quantile, field: tile.field, label: exemplar.label))
            try context.step(score: nil)
        }
        var agreement: ExemplarReport.Agreement?
        if let own = try picture(context) {
            let side = model.preprocessing.crop
            let seen = try own.fitted(width: side, height: side).tensor(channels: model.network.inputChannels, name: exemplars.words)
            let value = unit(seen, workers: context.workers).value
            let best = rows.first?.value ?? 0
            agreement = ExemplarReport.Agreement(pictureValue: value, bestPhotoValue: best, ratio: best > 0 ? value / best : nil)
            tiles.append(ContactSheet.Tile(own.fitted(width: exemplars.cell, height: exemplars.cell), caption: "its picture, \(short(value))"))
        }
        let report = ExemplarReport(
            file: path, unit: exemplars.words, model: model.name, weights: model.weightsSHA256, photographs: exemplars.photographs,
            threshold: exemplars.threshold, exemplars: rows, agreement: agreement)
        let isWide = min(tiles.count, Self.columns) * exemplars.cell >= Self.wide
        let title = [exemplars.words, model.name, counted(exemplars.photographs, "photograph")].joined(separator: isWide ? ", " : "\n")
        let sheet = ContactSheet.figure(tiles, columns: Self.columns, title: title)
        let record = Record(DrawnPicture(plan: plan, stepsDone: 1, score: rows.first?.value ?? 0, quality: quality))
        var result = JobResult(score: rows.first?.value ?? 0)
        result.preview = try sheet.write(record, quality: quality, to: path)
        if let csv { try asProblem { () throws(OutputError) in try OutputFile.write(Array(report.csv.utf8), to: csv) } }
        (result.lines, result.values) = (["\(path)  \(exemplars.words): \(report.line)"], [report])
        return result
    }

    /// The unit's own picture: one that is there, or one that is drawn now.
    private func picture(_ context: JobContext) throws(Problem) -> Picture? {
        if let beside = exemplars.beside { return try photographs.picture(beside).composited(over: 0.5) }
        guard let drawing else { return nil }
        var inner = context.silent
        inner.rates = false
        let drawn = try [drawing].follow(inner)
        guard let picture = drawn.flatMap(\.state.shown).first, drawn.allSatisfy(\.isComplete) else { throw .interrupted }
        return picture
    }
}
