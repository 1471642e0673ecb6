import Networks
import Visualization

/// An expression of objectives.
public struct ExpressionRequest: RenderRequest {
    /// The objective in the expression language; nil for that of the picture to start from.
    public var expression: String?
    public var model = ModelSettings()
    /// Pictures that are drawn together, 1…64.
    public var count = 1
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "render"
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("expression", \.expression, "expression", "An expression of functions such as channel(LAYER, 5); `lucid render --help-all` has them. (default: that of the picture to start from, with its network)").positional()
        Setting("count", \.count, "n", "Pictures that are drawn together, on one sheet, 1 to 64.", .from(1, to: 64))
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) {
        guard expression != nil || render.start != nil else {
            throw .usage("give an expression, or \(setting: "start") with a picture that lucid drew", setting: "expression")
        }
        try checkCommon()
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let earlier = expression == nil ? try earlierPlan(render.start!) : nil
        var settings = model
        if settings.model == nil, let earlier { settings.model = try Record.network(earlier.model, of: render.start!) }
        let model = try session.model(settings, size: render.size)
        var photographs = Photographs(maximumPixels: render.reading.maxPixels)
        photographs.notes = session.notes
        var objective = try parsed(expression ?? earlier!.objective, model)
        if var plan = earlier {
            (plan.start, plan.mask) = (nil, nil)
            _ = try photographs.find(plan, model: model, beside: render.start!)
        } else {
            for path in objective.references.sorted() { try photographs.add(path) }
            objective = try parsed(expression!, model, photographs: photographs.names)
        }
        for path in [render.start, render.mask].compactMap({ $0 }) { try photographs.add(path) }
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs, workers: session.workers)
        let parts = drawing.parts(kind: "\(Self.command)_\(OutputNames.short(objective.text))")
        if count == 1 { return try drawing.jobs([.init(objective: objective, parts: parts)], label: Self.command) }
        let plan = try render.plan(objective, model: model, photographs, count: count)
        let path = drawing.path(drawing.signed(parts))
        let job = try drawing.job(plan, to: [String?](repeating: nil, count: count), parts, quality: output.quality(of: path))
        return JobList(label: Self.command, jobs: [try drawing.sheet([job], to: path, title: objective.text)])
    }

    private func earlierPlan(_ path: String) throws(Problem) -> RenderPlan {
        guard case .picture(let plan) = try Record(ofFile: path).onlyPicture(of: path).plan else {
            throw .badData("\(path) was not drawn from an expression", setting: "start")
        }
        return plan
    }

    private func parsed(_ text: String, _ model: Model, photographs: [String: String] = [:]) throws(Problem) -> Objective {
        do {
            return try Objective(parsing: text, labels: model.classNames, otherNames: model.otherClassNames, photographs: photographs)
        } catch {
            throw .usage("\(error)", setting: "expression")
        }
    }
}
