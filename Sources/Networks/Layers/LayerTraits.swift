/// Properties of a layer that hold for all inputs. The optimizer, the memory estimate and the choice of a network's stages
/// read these and never a layer's type.
public struct LayerTraits: OptionSet, Sendable {
    /// A bit for each trait.
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The output is the input.
    public static let identity = LayerTraits(rawValue: 1 << 0)
    /// Each output channel depends on the channel of that index of each input alone, and in the same way whatever the number
    /// of channels.
    public static let channelwise = LayerTraits(rawValue: 1 << 1)
    /// Linear where no value changes its sign and no maximum its place: the pullback needs at most two bits of a value and
    /// the place of each maximum, not the values.
    public static let piecewiseLinear = LayerTraits(rawValue: 1 << 2)
    /// Every value of the output is one of the inputs' values or not positive: a gradient that is zero wherever the output is
    /// not positive is zero wherever the input is not positive.
    public static let preservesZeroGradient = LayerTraits(rawValue: 1 << 3)
    /// The output is a plain rectifier's, by itself or merged: max(x, 0) is the last thing that is done.
    public static let rectifies = LayerTraits(rawValue: 1 << 4)
    /// Can multiply the gradient that it sends back by the derivative of the rectifier before it; see `Preparation`.
    public static let masksInputGradient = LayerTraits(rawValue: 1 << 5)
    /// An output position depends on the input's whole extent: a part of the input never gives a part of the output.
    public static let seesWholeInput = LayerTraits(rawValue: 1 << 6)
    /// Normalizes, rectifies or pools the features of the layer before, and makes no new ones.
    public static let keepsFeatures = LayerTraits(rawValue: 1 << 7)
    /// Usually becomes a part of the layer before, and then remembers nothing of its own.
    public static let mergesIntoPrevious = LayerTraits(rawValue: 1 << 8)
    /// The channels of a position are probabilities that sum to 1.
    public static let probabilities = LayerTraits(rawValue: 1 << 9)
    /// Sums of values with fixed weights, and constants: neither signs nor maxima nor products of values matter.
    public static let linear = LayerTraits(rawValue: 1 << 10)
    /// Rows and columns of the output are both positions of the input: how much the row's looks at the column's, a channel a head.
    public static let pairsPositions = LayerTraits(rawValue: 1 << 11)
}
