import Analysis
import Files
import Images
import Networks
import Tensors
import Visualization

/// Finds where in one layer each position of a deeper one comes from, and writes a page to point at.
struct RelationJob: Job {
    let model: Model
    let attribution: AttributionPlan
    private let photographs: Photographs
    let path: String
    /// The maps as an array `[rows, columns, rows, columns]`, the deep layer's first.
    let npy: String?
    private let deep: LayerName
    private let shallow: LayerName
    private let square: ClassifiedSquare
    private let grids: (deep: PositionGrid, shallow: PositionGrid)

    /// - Throws: a problem where the network has no such layers, the one does not come from the other, or they have no positions.
    init(_ plan: AttributionPlan, model: Model, _ photographs: Photographs, to path: String, npy: String?) throws(Problem) {
        (self.model, attribution, self.photographs, self.path, self.npy) = (model, plan, photographs, path, npy)
        (deep, shallow) = (try model.layer(plan.from!), try model.layer(plan.layer!))
        square = ClassifiedSquare(try photographs.picture(plan.photo), model)
        try model.check(height: square.picture.height, width: square.picture.width)
        guard model.network.depends(deep, on: shallow) else {
            throw .usage("\(deep) does not come from \(shallow); name the deeper layer with \(setting: "from")", setting: "to")
        }
        grids = (
            try Self.grid(of: deep, in: model, square.picture, setting: "from"), try Self.grid(of: shallow, in: model, square.picture, setting: "to")
        )
    }

    private static func grid(of layer: LayerName, in model: Model, _ picture: Picture, setting: String) throws(Problem) -> PositionGrid {
        let grid: PositionGrid
        do throws(Problem) {
            grid = try PositionGrid(of: layer, in: model, picture)
        } catch {
            var problem = error
            problem.setting = setting
            throw problem
        }
        guard !grid.isOfTokens else {
            throw .usage("\(layer) has no rows and columns of positions; name one of a convolutional part", setting: setting)
        }
        return grid
    }

    var plan: Plan { .attribution(attribution) }
    var outputs: [String] { [path, npy].compactMap { $0 } }
    var inputs: [String] { photographs.paths }
    var form: OutputForm {
        var form = OutputForm()
        (form.format, form.files) = ("html", [npy != nil])
        return form
    }
    var steps: Int {
        let shape = try? model.network.shape(of: deep, height: square.picture.height, width: square.picture.width)
        return shape?.area ?? 1
    }
    var memory: Int {
        let cost = model.network.cost(of: [deep], height: square.picture.height, width: square.picture.width)
        return 4 * (cost.remembered + 4 * cost.largestActivation + 3 * cost.parameters) + 64 << 20
    }
    var holdsPhotographs: Bool { true }
    var ingredients: [String] { ["\(model.name), weights \(model.weightsSHA256)"] + photographs.descriptions }

    func checkOutputs(force: Bool) throws(Problem) { for path in outputs { try OutputChecks.check(path) } }

    func isOwn(_ file: String) -> Bool { RelationPage.plan(ofFile: path) == attribution }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let picture = try square.picture.tensor(channels: model.network.inputChannels, name: attribution.photo)
        let network = try asProblem { () throws(WeightsError) in
            try PreparedNetwork(
                model.network, requests: [deep: .all, shallow: .all], preprocessing: model.preprocessing,
                convolution: attribution.convolution, sharing: model.preparedLayers)
        }
        var problem: Problem?
        let found = LayerRelation(from: deep, to: shallow, of: network, at: picture, workers: context.workers) {
            do throws(Problem) { try context.step(score: nil) } catch { problem = error }
            return problem == nil && !context.isCancelled()
        }
        if let problem { throw problem }
        guard let found else { throw .interrupted }
        let largest = found.maps.elements.reduce(Float(0)) { max($0, abs($1)) }
        guard largest.isFinite else { throw Problem(.failed, "\(attribution.photo): the maps hold values that are not finite") }
        let page = RelationPage(
            plan: attribution, relation: found, square: square, deep: grids.deep, shallow: grids.shallow,
            limit: attribution.limit ?? (largest > 0 ? largest : 1))
        let text = try page.html()
        try asProblem { () throws(OutputError) in
            try OutputFile.write(Array(text.utf8), to: path)
            if let npy {
                let shape = [found.rows, found.columns, found.maps.shape.height, found.maps.shape.width]
                try OutputFile.write(NumPyArray.bytes(shape: shape, values: found.maps.elements), to: npy)
            }
        }
        var result = JobResult(score: found.strengths.reduce(0, +) / Float(found.strengths.count))
        result.lines = ["\(path)  \(counted(found.rows * found.columns, "position")) of \(deep), each over \(found.maps.shape.height)x\(found.maps.shape.width) of \(shallow)"]
        result.values = [Report(
            model: model.name, weights: model.weightsSHA256, photo: attribution.photo, from: deep.node, to: shallow.node, rows: found.rows,
            columns: found.columns, strengths: found.strengths, limit: page.limit, file: path)]
        if largest == 0 { result.warning = "the maps are 0 everywhere: nothing in \(shallow) moves \(deep)" }
        return result
    }

    private struct Report: Encodable, Sendable {
        let model, weights, photo, from, to: String
        let rows, columns: Int
        let strengths: [Float]
        let limit: Float
        let file: String
    }
}
