import Models
import Networks
import Tensors
import Visualization
let catalog = try ModelCatalog(folder: ModelFolder.find()!)
let args = CommandLine.arguments
let model = try catalog.load(try catalog.model(named: args[1]))
let plan = RenderPlan(model: args[1], weights: "", objective: args[2], steps: Int(args[3])!)
var renderer = try Renderer(plan, model: model, workers: Workers(Int(args[4])!))
let clock = ContinuousClock()
var last = clock.now
try renderer.run { r, s in
    let now = clock.now
    if r.stepsDone % 8 == 1 { print(r.stepsDone, s, now - last) }
    last = now
    return true
}
print(try renderer.score(of: renderer.image()))
