import Networks
import Tensors

/// The part of a channel's map whose mean counts. A map that is linear in the picture has a mean that tells of the picture's mean
/// colour alone, whatever shapes there are; the mean of its positive part tells of them (`Network.isLinear`).
public enum MapPart: String, Sendable, CaseIterable {
    /// Every value, below 0 as well.
    case whole
    /// max(a, 0)
    case positive
    /// min(a, 0), for a score that is to be lowered
    case negative

    /// In an expression, as a last argument.
    var argument: String { self == .whole ? "" : ",of=\(rawValue)" }

    func contains(_ value: Float) -> Bool {
        switch self {
        case .whole: true
        case .positive: value > 0
        case .negative: value < 0
        }
    }

    /// The mean of each channel's part over its positions.
    func means(of map: Tensor) -> [Double] {
        map.withElements { values in
            (0..<map.shape.channels).map { channel in
                let channel = values[channel * map.shape.area..<(channel + 1) * map.shape.area]
                let sum = self == .whole ? channel.reduce(0.0) { $0 + Double($1) } : channel.reduce(0.0) { contains($1) ? $0 + Double($1) : $0 }
                return sum / Double(map.shape.area)
            }
        }
    }

    /// The gradient at every position of a function of `means`, from its gradient at them.
    ///
    /// - Parameter wakesSilent: a channel without a position in this part has a gradient at every position, or it would stay so.
    func spread(_ gradient: [Double], over map: Tensor, wakesSilent: Bool) -> Tensor {
        let area = map.shape.area
        if self == .whole { return Tensor(map.shape, gradient.flatMap { [Float](repeating: Float($0 / Double(area)), count: area) }) }
        var result = Tensor(map.shape)
        result.withMutableElements { result in
            map.withElements { values in
                for (channel, gradient) in gradient.enumerated() {
                    let places = channel * area..<(channel + 1) * area
                    let isSilent = wakesSilent && !values[places].contains(where: contains)
                    for place in places where isSilent || contains(values[place]) { result[place] = Float(gradient / Double(area)) }
                }
            }
        }
        return result
    }
}

extension Network {
    /// Whether a layer is linear in the picture, but for constants.
    public func isLinear(_ layer: LayerName) -> Bool {
        var open = nodes.indices.filter { nodes[$0].name == layer.node }
        while let index = open.popLast() {
            guard nodes[index].layer.traits.contains(.linear) else { return false }
            open += nodes[index].inputs.filter { $0 >= 0 }
        }
        return true
    }
}
