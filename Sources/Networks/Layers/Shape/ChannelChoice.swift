import Tensors

/// Some channels of the input, in an order of its own: a slice, a shuffle, a selection.
public struct ChannelChoice: WeightlessLayer {
    /// Channels of the input.
    public let inputChannels: Int
    /// Which channel of the input each channel of the output is; each at most once.
    public let chosen: [Int]

    /// - Parameter chosen: channels of the input, counted from 0, each at most once.
    public init(_ chosen: [Int], of inputChannels: Int) {
        precondition(Set(chosen).count == chosen.count && chosen.allSatisfy { $0 >= 0 && $0 < inputChannels })
        self.chosen = chosen
        self.inputChannels = inputChannels
    }

    /// The shuffle of ShuffleNet (Zhang et al. 2017, arXiv:1707.01083): the channels are dealt out of `groups` stacks in
    /// turn.
    public static func shuffle(groups: Int, channels: Int) -> ChannelChoice {
        let depth = channels / groups
        return ChannelChoice((0..<channels).map { $0 % groups * depth + $0 / groups }, of: channels)
    }

    public var traits: LayerTraits { [.piecewiseLinear, .preservesZeroGradient] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs, channels: inputChannels)
        return Shape(chosen.count, input.height, input.width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let places = chosen.map(Int32.init)
        return LayerResult(inputs[0].choosing(places, workers: pass.workers)) { [inputChannels] gradient in
            [gradient.spread(to: places, of: inputChannels, workers: pass.workers)]
        }
    }

    /// The input supplies what is wanted in its own order.
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        let wanted = channels.map { chosen[$0] }
        let supplied = wanted.sorted()
        let places = Dictionary(uniqueKeysWithValues: supplied.enumerated().map { ($1, $0) })
        return Restriction(layer: ChannelChoice(wanted.map { places[$0]! }, of: supplied.count), inputs: [supplied])
    }
}
