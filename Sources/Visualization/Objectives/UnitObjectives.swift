import Networks
import Tensors

extension Objective {
    /// The mean of one channel: mean(a[c]).
    public static func channel(_ layer: String, _ channel: Int) -> Objective {
        each(
            text: "channel(\(quoted(layer)),\(channel))", measure: "mean activation", requests: [layer: .channels([channel])],
            checks: [.unit(layer: layer, channel: channel)]
        ) { sample, _ in
            let (score, gradient) = mean(of: channel, in: sample.activations[layer]!)
            return SampleEvaluation(score: score, layers: [layer: gradient])
        }
    }

    /// One unit: a[c, y, x].
    ///
    /// - Parameters: x is the column, y the row; nil for the middle, width / 2 and height / 2 rounded down.
    public static func neuron(_ layer: String, _ channel: Int, x: Int? = nil, y: Int? = nil) -> Objective {
        let place = (x.map { ",x=\($0)" } ?? "") + (y.map { ",y=\($0)" } ?? "")
        let position = ActivationRequest.Position(x: x, y: y)
        return each(
            text: "neuron(\(quoted(layer)),\(channel)\(place))", measure: "activation", requests: [layer: .neuron(channel, at: position)],
            checks: [.unit(layer: layer, channel: channel, x: x, y: y)]
        ) { sample, _ in
            let activation = sample.activations[layer]!
            // Transforms may make the layer smaller than the picture alone would: a position stays inside.
            let index = activation.range(of: channel).lowerBound + activation.offset(of: position)
            var gradient = Tensor(activation.values.shape)
            gradient.withMutableElements { $0[index] = 1 }
            return SampleEvaluation(score: activation.values.withElements { $0[index] }, layers: [layer: gradient])
        }
    }

    /// A layer's energy, the objective of DeepDream: mean(a²).
    public static func layer(_ layer: String) -> Objective {
        each(text: "layer(\(quoted(layer)))", measure: "mean squared activation", requests: [layer: .all], checks: [.unit(layer: layer)]) { sample, _ in
            let values = sample.activations[layer]!.values
            let count = Float(values.shape.count)
            let sum = values.withElements { $0.reduce(Double(0)) { $0 + Double($1) * Double($1) } }
            var gradient = values
            gradient.scale(by: 2 / count)
            return SampleEvaluation(score: Float(sum / Double(count)), layers: [layer: gradient])
        }
    }

    /// A class's score before the softmax.
    ///
    /// - Parameter index: the class's number.
    public static func classLogit(_ index: Int) -> Objective {
        each(
            text: "class_logit(\(index))", measure: "logit", requests: [logitsLayer: .channels([index])],
            checks: [.unit(layer: logitsLayer, channel: index)]
        ) { sample, _ in
            // Some networks' scores still have positions, such as SqueezeNet's before its last pool: their mean counts.
            let (score, gradient) = mean(of: index, in: sample.activations[logitsLayer]!)
            return SampleEvaluation(score: score, layers: [logitsLayer: gradient])
        }
    }

    /// The mean of one channel with its gradient.
    static func mean(of channel: Int, in activation: Activation) -> (score: Float, gradient: Tensor) {
        let area = activation.values.shape.area
        let range = activation.range(of: channel)
        let sum = activation.values.withElements { values in range.reduce(Double(0)) { $0 + Double(values[$1]) } }
        var gradient = Tensor(activation.values.shape)
        gradient.withMutableElements { values in
            for i in range { values[i] = 1 / Float(area) }
        }
        return (Float(sum / Double(area)), gradient)
    }
}

extension Activation {
    /// The flat places of one of the layer's channels in `values`.
    func range(of channel: Int) -> Range<Int> {
        let position = position(of: channel)
        return position * values.shape.area..<(position + 1) * values.shape.area
    }
}

extension Objective.Function {
    static let channel = Self(name: "channel", usage: "channel(LAYER, INDEX)", help: "a channel's mean") {
        arguments throws(ExpressionError) in
        .channel(try arguments.layer(), try arguments.integer("a channel"))
    }
    static let neuron = Self(name: "neuron", usage: "neuron(LAYER, INDEX, x=COLUMN, y=ROW)", help: "one unit, by default the middle") {
        arguments throws(ExpressionError) in
        .neuron(
            try arguments.layer(), try arguments.integer("a channel"), x: try arguments.integer(named: "x"),
            y: try arguments.integer(named: "y"))
    }
    static let layer = Self(name: "layer", usage: "layer(LAYER)", help: "a layer's energy, mean(a²)") {
        arguments throws(ExpressionError) in .layer(try arguments.layer())
    }
    static let classLogit = Self(name: "class_logit", usage: "class_logit(INDEX or LABEL)", help: "a class's score before the softmax") {
        arguments throws(ExpressionError) in .classLogit(try arguments.classNumber())
    }
}
