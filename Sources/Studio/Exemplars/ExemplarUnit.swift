import Analysis
import Images
import Networks
import Tensors
import Visualization

/// A unit's answer to pictures: a channel, a direction, or any expression.
struct ExemplarUnit {
    let model: Model
    let byMean: Bool
    private enum Kind {
        /// Weights of channels, of length 1 together.
        case direction(PreparedNetwork, LayerName, [Int: Float], grid: PositionGrid?)
        case expression(PictureScore)
    }
    private let kind: Kind
    /// Pixels of a side of what the network sees.
    private let side: Int

    /// What a picture brings about.
    struct Answer: Sendable {
        /// Its maximum over positions, or its mean; the score of an expression.
        let value: Float
        /// By position, `[1, rows, columns]`; nil where there are none.
        let map: Tensor?
    }

    init(_ unit: ExemplarsPlan.Unit, _ model: Model, byMean: Bool) throws(Problem) {
        self.model = model
        self.byMean = byMean
        side = model.preprocessing.crop
        try model.check(height: side, width: side)
        if let expression = unit.expression {
            let side = side
            kind = .expression(try asProblem { () throws(RenderError) in
                try PictureScore(expression, model: model, height: side, width: side, workers: .one)
            })
            return
        }
        guard let name = unit.layer, let weights = unit.direction.flatMap(Self.weights), !weights.isEmpty else {
            throw .badData("there is no unit to find exemplars of")
        }
        let layer = try model.layer(name)
        guard let last = weights.keys.max(), last < model.network.channels(of: layer) else {
            throw .usage("\(name) has the channels 0–\(model.network.channels(of: layer) - 1)", setting: "index")
        }
        let length = weights.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let network = try asProblem { () throws(WeightsError) in
            try PreparedNetwork(
                model.network, requests: [layer: .channels(Set(weights.keys))], preprocessing: model.preprocessing, sharing: model.preparedLayers)
        }
        kind = .direction(network, layer, weights.mapValues { $0 / length }, grid: try? PositionGrid(of: layer, in: model, height: side, width: side))
    }

    /// "5:1,10:-0.5"
    private static func weights(_ text: String) -> [Int: Float]? {
        var weights: [Int: Float] = [:]
        for word in text.split(separator: ",") {
            let parts = word.split(separator: ":")
            guard parts.count == 2, let channel = Int(parts[0]), channel >= 0, let weight = Float(parts[1]), weight.isFinite else { return nil }
            weights[channel] = weight
        }
        return weights
    }

    /// The answer to a picture as the network sees it, `[channels, side, side]`.
    func callAsFunction(_ image: Tensor, workers: Workers) -> Answer {
        switch kind {
        case .expression(let score): return Answer(value: score(image), map: nil)
        case .direction(let network, let layer, let weights, let grid):
            let activation = network.forward(image, Pass(workers: workers), remembering: false)[layer]
            let shape = activation.values.shape
            let channels = activation.channels ?? Array(0..<shape.channels)
            var map = [Float](repeating: 0, count: shape.area)
            activation.values.withElements { values in
                for (place, channel) in channels.enumerated() {
                    guard let weight = weights[channel] else { continue }
                    for index in 0..<shape.area { map[index] += weight * values[place * shape.area + index] }
                }
            }
            let value = byMean ? Float(map.reduce(0.0) { $0 + Double($1) } / Double(map.count)) : map.max() ?? 0
            return Answer(value: value, map: grid.map { $0.map(Tensor(Shape(1, shape.height, shape.width), map)) })
        }
    }

    /// What the best position sees, where that is smaller than what the network sees.
    var usualCrop: ExemplarCrop {
        guard let axes else { return .whole }
        return max(axes.rows.extent, axes.columns.extent) < side ? .field : .mask
    }

    /// Where positions look, along rows and columns; nil where there are none.
    var axes: (rows: ReceptiveField.Axis, columns: ReceptiveField.Axis)? {
        guard case .direction(_, _, _, let grid?) = kind else { return nil }
        return (grid.rows, grid.columns)
    }
}
