import Tensors

/// At each position, for each channel the sum of the channels up to it.
public struct CumulativeSum: WeightlessLayer {
    /// The channel itself does not count.
    public let isExclusive: Bool
    /// From the last channel down.
    public let isReversed: Bool

    /// From the first channel up, itself included, where nothing else is said.
    public init(isExclusive: Bool = false, isReversed: Bool = false) {
        self.isExclusive = isExclusive
        self.isReversed = isReversed
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        // A value counts in the sums from its channel on, so its gradient is the sum from there on.
        LayerResult(summed(inputs[0], isReversed: isReversed)) { [summed($0, isReversed: !isReversed)] }
    }

    private func summed(_ input: FeatureMap, isReversed: Bool) -> FeatureMap {
        let channels = input.shape.channels
        var result = input
        result.withMutableElements { values in
            for position in 0..<input.shape.area {
                var sum: Float = 0
                for step in 0..<channels {
                    let place = position * channels + (isReversed ? channels - 1 - step : step)
                    let value = values[place]
                    values[place] = isExclusive ? sum : sum + value
                    sum += value
                }
            }
        }
        return result
    }
}
