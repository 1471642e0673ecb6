import Networks
import Tensors

extension Objective {
    /// The mean of one channel: mean(a[c]).
    public static func channel(_ layer: String, _ channel: Int) -> Objective {
        Objective(
            text: "channel(\(layer),\(channel))", demands: [layer: .channels([channel])],
            checks: [LayerCheck(layer: layer, channel: channel)]
        ) { scene in
            let activation = scene.activations[layer]!
            let shape = activation.values.shape
            let range = activation.range(of: channel)
            let sum = activation.values.withElements { values in range.reduce(Double(0)) { $0 + Double(values[$1]) } }
            var gradient = Tensor(shape)
            gradient.withMutableElements { values in
                for i in range { values[i] = 1 / Float(shape.area) }
            }
            return Evaluation(score: Float(sum / Double(shape.area)), layers: [layer: gradient])
        }
    }

    /// One unit: a[c, y, x].
    ///
    /// - Parameters: x is the column, y the row; nil for the middle, width / 2 and height / 2 rounded down.
    public static func neuron(_ layer: String, _ channel: Int, x: Int? = nil, y: Int? = nil) -> Objective {
        let place = (x.map { ",x=\($0)" } ?? "") + (y.map { ",y=\($0)" } ?? "")
        let position = Demand.Position(x: x, y: y)
        return Objective(
            text: "neuron(\(layer),\(channel)\(place))", demands: [layer: .neuron(channel, at: position)],
            checks: [LayerCheck(layer: layer, channel: channel, x: x, y: y)]
        ) { scene in
            let activation = scene.activations[layer]!
            // Transforms may make the layer smaller than the picture alone would: a position stays inside.
            let index = activation.range(of: channel).lowerBound + activation.offset(of: position)
            var gradient = Tensor(activation.values.shape)
            gradient.withMutableElements { $0[index] = 1 }
            return Evaluation(score: activation.values.withElements { $0[index] }, layers: [layer: gradient])
        }
    }

    /// A layer's energy, the objective of DeepDream: mean(a²).
    public static func layer(_ layer: String) -> Objective {
        Objective(text: "layer(\(layer))", demands: [layer: .all], checks: [LayerCheck(layer: layer)]) { scene in
            let values = scene.activations[layer]!.values
            let count = Float(values.shape.count)
            let sum = values.withElements { $0.reduce(Double(0)) { $0 + Double($1) * Double($1) } }
            var gradient = values
            gradient.scale(by: 2 / count)
            return Evaluation(score: Float(sum / Double(count)), layers: [layer: gradient])
        }
    }
}

extension Activation {
    /// The flat places of one of the layer's channels in `values`.
    func range(of channel: Int) -> Range<Int> {
        let position = position(of: channel)
        return position * values.shape.area..<(position + 1) * values.shape.area
    }
}
