import Tensors

/// One operation of a network: an immutable value that computes an output and can pull a gradient back to its inputs.
///
/// Weights are frozen, so the gradient with respect to the inputs is the only one there is. A new layer is one file in
/// Layers/ with the first two requirements, and one instance in the gradient-check list of the tests.
public protocol Layer: Sendable {
    /// The shape of the output, or why these inputs cannot be taken.
    func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape

    /// The output, and the pullback that maps a gradient with respect to it to gradients with respect to the inputs.
    ///
    /// The inputs have been accepted by `outputShape`. The result does not depend on `pass.workers`.
    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step

    /// The same layer with its weights read from their file and made ready for these algorithms.
    func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer

    /// The layer that computes only these output channels, and what it then needs of its inputs; nil where nothing is
    /// saved. `channels` is ascending.
    func restricted(to channels: [Int], inputs: [Shape]) -> Restriction?

    /// The window through which an output position sees the input; nil if it sees just its own position.
    func window(for inputs: [Shape]) -> Window?

    /// What an output position sees depends on the input's extent, so that a part of the input never gives a part of the
    /// output.
    var seesWholeInput: Bool { get }

    /// What merging and folding have made of the layer: two layers of one name and variant do the same.
    var variant: String { get }

    /// Every value of the output is one of the inputs' or zero, so that what is positive stays so: a gradient that is
    /// zero wherever the output is not positive stays that at the inputs.
    var passesRectifiedValuesOn: Bool { get }

    /// Multiplications with additions that one application takes.
    func multiplyAdds(for inputs: [Shape]) -> Int

    /// Trained numbers in this layer.
    var parameterCount: Int { get }
}

extension Layer {
    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer { self }
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? { nil }
    public func window(for inputs: [Shape]) -> Window? { nil }
    public var seesWholeInput: Bool { false }
    public var variant: String { "" }
    public var passesRectifiedValuesOn: Bool { false }
    public func multiplyAdds(for inputs: [Shape]) -> Int { 0 }
    public var parameterCount: Int { 0 }
}

/// A layer that can apply the rectifier after it in the pass that writes its output.
protocol RectifyingLayer: Layer {
    /// A rectifier follows and is applied on the way.
    var rectifies: Bool { get set }
    /// Everything that reads the output multiplies the gradient that it sends back with the plain rectifier's derivative,
    /// so that this layer need not.
    var receivesMaskedGradient: Bool { get set }
}

extension RectifyingLayer {
    /// What the pullback needs of the output to mask the gradient; nil where it takes the gradient as it comes.
    func rectifierSigns(of output: FeatureMap, _ pass: Pass) -> SignMap? {
        let isMasked = pass.rectifier == .plain && pass.poolGradient == .winner && receivesMaskedGradient
        return rectifies && !isMasked ? pass.rectifier.signs(of: output, workers: pass.workers) : nil
    }
}

/// A layer that computes a part of its output channels.
public struct Restriction {
    /// Computes the wanted channels only.
    public var layer: any Layer
    /// For each input: the channels it must supply, ascending; nil for all, an empty list if it is not looked at (it is
    /// then no longer passed).
    public var inputs: [[Int]?]

    public init(layer: any Layer, inputs: [[Int]?]) {
        self.layer = layer
        self.inputs = inputs
    }
}

/// What a layer made of its inputs: the output, and the way back.
public struct Step {
    /// The layer's output.
    public let output: FeatureMap
    /// From the gradient with respect to the output to those with respect to each input.
    public let pullback: (consuming FeatureMap) -> [FeatureMap]

    public init(output: FeatureMap, pullback: @escaping (consuming FeatureMap) -> [FeatureMap]) {
        self.output = output
        self.pullback = pullback
    }
}

/// What the caller of a layer decides for one pass through the network.
public struct Pass: Sendable {
    /// The threads that may be used.
    public var workers: Workers
    /// What rectifiers do with the gradient.
    public var rectifier: RectifierGradient
    /// Whom max pooling sends its gradient to.
    public var poolGradient: PoolGradient
    /// The way back will be asked for; without, a pullback need not work.
    public var remembers: Bool

    public init(
        workers: Workers = .one, rectifier: RectifierGradient = .plain, poolGradient: PoolGradient = .winner,
        remembers: Bool = true
    ) {
        self.workers = workers
        self.rectifier = rectifier
        self.poolGradient = poolGradient
        self.remembers = remembers
    }
}

/// Inputs that a layer cannot take.
public struct ShapeError: Error, CustomStringConvertible, Equatable {
    /// The layer's name once the network has added it, else empty.
    public var layer: String
    /// What does not fit.
    public let reason: String

    public init(_ reason: String, layer: String = "") {
        self.reason = reason
        self.layer = layer
    }

    public var description: String { layer.isEmpty ? reason : "layer \(layer): \(reason)" }
}

/// Checks that a layer got one input.
func only(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    guard inputs.count == 1 else { throw ShapeError("expected one input, got \(inputs.count)") }
    return inputs[0]
}
