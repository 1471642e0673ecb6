import Networks
import Tensors
import Visualization

/// Which positions of one layer each position of a deeper one comes from, for one picture (Lucid's attribution between layers): the score of
/// a deep position (i, j) is ‖a₂(·, i, j)‖, and its map Σ over channels of a₁ · gradient at every position.
public struct LayerRelation: Sendable {
    /// A map over the shallow layer for each position of the deep one, `[deep positions, height, width]`.
    public let maps: Tensor
    /// Positions of the deep layer from above to below.
    public let rows: Int
    /// Positions of the deep layer from left to right.
    public let columns: Int
    /// ‖a₂‖ of each deep position, row after row.
    public let strengths: [Float]

    /// One pass forward, and one back for each position of the deep layer.
    ///
    /// - Parameters:
    ///   - picture: `[channels, height, width]` in 0…1.
    ///   - progress: told of each way back; return false to end.
    /// - Returns: nil if it was ended.
    public init?(
        from deep: LayerName, to shallow: LayerName, of network: PreparedNetwork, at picture: Tensor, workers: Workers,
        progress: () -> Bool = { true }
    ) {
        let trace = network.forward(picture, Pass(workers: workers))
        let (a2, a1) = (trace[deep].values, trace[shallow].values)
        let area = a2.shape.area
        (rows, columns) = (a2.shape.height, a2.shape.width)
        var maps: [Float] = []
        maps.reserveCapacity(area * a1.shape.area)
        var strengths: [Float] = []
        for position in 0..<area {
            guard progress() else { return nil }
            let values = a2.withElements { a2 in (0..<a2.count / area).map { a2[$0 * area + position] } }
            let norm = Float(values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
            strengths.append(norm)
            guard norm > 0 else {
                maps += [Float](repeating: 0, count: a1.shape.area)
                continue
            }
            var seed = Tensor(a2.shape)
            seed.withMutableElements { seed in for (channel, value) in values.enumerated() { seed[channel * area + position] = value / norm } }
            let gradient = trace.gradients(from: [deep: seed], at: [shallow]).layers[shallow]!
            maps += LayerAttribution.gradientTimesActivation(a1, gradient).elements
        }
        self.maps = Tensor(Shape(area, a1.shape.height, a1.shape.width), maps)
        self.strengths = strengths
    }
}
