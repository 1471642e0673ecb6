// Adds an objective to the expression language, and draws with it.
import Images
import Studio
import Tensors
import Visualization

/// A channel's energy: mean(a²) over its positions. Its gradient: 2a / count.
func energy(_ layer: String, _ channel: Int) -> Objective {
    Objective(function: "energy", layer: layer, channel: channel) { map in
        let (shape, values) = (map.shape, map.elements)  // [1, height, width]
        let count = Float(values.count)
        let score = values.reduce(0) { $0 + $1 * $1 } / count
        return (score, Tensor(shape, values.map { 2 * $0 / count }))
    }
}

let function = Objective.Function(
    name: "energy", usage: "energy(LAYER, INDEX)", help: "a channel's mean(a²)"
) { arguments throws(ExpressionError) in
    energy(try arguments.layer(), try arguments.integer("a channel"))
}
Objective.register(function)

var request = ExpressionRequest()
request.expression = "energy(features.10, 5) - 0.001 * total_variation()"
request.render.size = PictureSize(side: 64)
request.render.steps = 16

let picture = try Session().pictures(of: request)[0]
print("energy: \(picture.width)×\(picture.height) pixels")
try picture.write(to: "energy.png")
