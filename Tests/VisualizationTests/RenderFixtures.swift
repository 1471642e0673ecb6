import Networks
import Tensors
import TestSupport
import Visualization

/// A small plan, with a change.
func plan(_ change: (inout RenderPlan) -> Void = { _ in }) -> RenderPlan {
    var plan = RenderPlan(
        model: "squeezenet1_1", weights: "", objective: "channel(features.3,5)", width: 64, height: 56, steps: 6)
    change(&plan)
    return plan
}

/// A plan, followed to its end.
func rendered(_ plan: RenderPlan, pictures: [String: Tensor] = [:], threads: Int = 2) throws -> Renderer {
    var renderer = try Renderer(plan, model: try bundledModel(plan.model), pictures: pictures, workers: Workers(threads))
    while renderer.stepsDone < plan.steps { _ = try renderer.step() }
    return renderer
}

func pictures(_ plan: RenderPlan, pictures: [String: Tensor] = [:], threads: Int = 2) throws -> [[Float]] {
    try rendered(plan, pictures: pictures, threads: threads).pictures().map(\.elements)
}

/// A picture of the plan's size, well inside 0…1: slopes, under a grain without which maxima would be ambiguous.
let photo = Tensor(
    Shape(3, 56, 64),
    (0..<3 * 56 * 64).map { i in
        let (x, y) = (Float(i % 64) / 64, Float(i / 64 % 56) / 56)
        return 0.5 + 0.1 * IntegerHash.value("grain", i) + 0.3 * (i < 3584 ? x - y : i < 7168 ? x * y - 0.5 : 0.5 - x)
    })

extension RenderPlan {
    /// The plan with a change.
    func with(_ change: (inout RenderPlan) -> Void) -> RenderPlan {
        var plan = self
        change(&plan)
        return plan
    }
}
