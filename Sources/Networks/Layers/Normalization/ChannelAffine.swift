import Tensors

/// A fixed scale and shift of each channel: the input transform of some networks.
public struct ChannelAffine: WeightlessLayer {
    let scales: [Float]  // [channels]
    let shifts: [Float]  // [channels]

    /// - Parameters: `[channels]` each.
    public init(scales: [Float], shifts: [Float]) {
        precondition(scales.count == shifts.count)
        self.scales = scales
        self.shifts = shifts
    }

    public var traits: LayerTraits { [.piecewiseLinear, .linear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try only(inputs, channels: scales.count)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let scales = scales
        return LayerResult(inputs[0].scaled(by: scales, shiftedBy: shifts, workers: pass.workers)) { gradient in
            var result = gradient
            result.scale(by: scales, workers: pass.workers)
            return [result]
        }
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        let layer = ChannelAffine(scales: channels.map { scales[$0] }, shifts: channels.map { shifts[$0] })
        return Restriction(layer: layer, inputs: [channels])
    }
}
