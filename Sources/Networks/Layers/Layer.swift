import Tensors

/// One operation of a network as a description: shapes, windows, traits, and which parameters it has in which file.
///
/// A description cannot compute. `prepared(for:)` reads the weights and gives a `PreparedLayer`, which can. A new layer is one
/// file under Layers/ and one instance in the gradient-check list of the tests; without weights it is a `WeightlessLayer`.
public protocol Layer: Sendable {
    /// The shape of the output, or why these inputs cannot be taken.
    func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape

    /// Reads the weights and makes them ready to compute in this way.
    func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer

    /// Properties that the optimizer and the summaries of a network rely on.
    var traits: LayerTraits { get }

    /// The window through which an output position sees the input; nil if it sees just its own position.
    func window(for inputs: [Shape]) -> Window?

    /// The layer that computes only these output channels, and what it then needs of its inputs; nil where nothing is
    /// saved. `channels` is ascending.
    func restricted(to channels: [Int], inputs: [Shape]) -> Restriction?

    /// One layer that does the work of this one and of the next one, where one pass can do both; nil where it cannot.
    func merging(_ next: any Layer) -> (any Layer)?

    /// One layer of this one's other inputs that does the work of this one and of the one that gives an input, which reads the same
    /// inputs and has no other reader; nil where there is none.
    func absorbing(_ input: any Layer, at place: Int) -> (any Layer)?

    /// Multiplications with additions that one application takes.
    func multiplyAdds(for inputs: [Shape]) -> Int

    /// The trained parameters.
    var parameters: [Parameter] { get }

    /// The weights `[outputs, inputs, …]` of a layer that applies one matrix, and biases, at every position; nil of others.
    var linearMap: Parameter? { get }
}

extension Layer {
    public var traits: LayerTraits { [] }
    public func window(for inputs: [Shape]) -> Window? { nil }
    /// A channelwise layer needs the same channels of every input.
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        traits.contains(.channelwise) ? Restriction(layer: self, inputs: inputs.map { _ in channels }) : nil
    }
    public func merging(_ next: any Layer) -> (any Layer)? { nil }
    public func absorbing(_ input: any Layer, at place: Int) -> (any Layer)? { nil }
    public func multiplyAdds(for inputs: [Shape]) -> Int { 0 }
    public var parameters: [Parameter] { [] }
    public var linearMap: Parameter? { nil }

    /// Trained numbers in this layer.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}

/// A layer that is ready to compute: an immutable value, its weights frozen, so that the gradient with respect to the inputs
/// is the only one there is.
public protocol PreparedLayer: Sendable {
    /// The output, and the pullback to the gradients with respect to each input.
    ///
    /// The description's `outputShape` has accepted the inputs. The result does not depend on `pass.workers`.
    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult
}

/// A layer's output, and the way back to the gradients with respect to each of its inputs.
public typealias LayerResult = ValueAndPullback<FeatureMap, [FeatureMap]>

/// A layer without weights: its description is all that it needs to compute.
public protocol WeightlessLayer: Layer, PreparedLayer {}

extension WeightlessLayer {
    /// The layer itself: without weights there is nothing to prepare.
    public func prepared(for preparation: Preparation) -> any PreparedLayer { self }
}

/// How a layer is to compute, beside what it computes.
public struct Preparation: Sendable, Hashable {
    /// The algorithms that convolutions may use.
    public var convolution: ConvolutionChoice
    /// The input is a rectifier's output: a layer with the trait `masksInputGradient` multiplies the gradient that it sends
    /// back by the plain rectifier's derivative, while it is in a register anyway.
    var masksInputGradient = false
    /// Every reader of the output masks the gradient that it sends back, so that a `RectifyingLayer` need not.
    var receivesMaskedGradient = false
    /// Which weights are not to be the trained ones.
    public var shuffle: WeightShuffle?

    /// Any algorithm, and gradients that nobody masks, where nothing else is said.
    public init(convolution: ConvolutionChoice = .auto) { self.convolution = convolution }

    /// The values of a parameter in row-major order, all of them finite: the trained ones, or those in another order.
    func read(_ parameter: Parameter) throws(WeightsError) -> [Float] {
        let values = try parameter.read()
        return shuffle?.shuffled(values, of: parameter.name) ?? values
    }

    func read(_ parameter: Parameter?) throws(WeightsError) -> [Float]? {
        guard let parameter else { return nil }
        return try read(parameter)
    }
}

/// A layer that computes a part of its output channels.
public struct Restriction {
    /// Computes the wanted channels only.
    public var layer: any Layer
    /// For each input: the channels it must supply, ascending; nil for all, an empty list if it is not read (it is then no
    /// longer passed).
    public var inputs: [[Int]?]

    /// - Parameter inputs: for each input the channels that it must supply, ascending; nil for all.
    public init(layer: any Layer, inputs: [[Int]?]) {
        self.layer = layer
        self.inputs = inputs
    }
}

/// Options of one pass through the network.
public struct Pass: Sendable {
    /// The threads that may be used.
    public var workers: Workers
    /// How rectifiers change the gradient on its way back.
    public var rectifier: RectifierGradient
    /// Where max pooling sends its gradient.
    public var poolGradient: PoolGradient
    /// The pullbacks will be called; without, they need not work.
    public var remembers: Bool

    /// One thread, true derivatives, and a way back, where nothing else is said.
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
    /// Why they do not fit.
    public let reason: String

    /// - Parameter layer: empty where the layer does not know its own name.
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

/// Checks that a layer got one input of so many channels.
func only(_ inputs: [Shape], channels: Int) throws(ShapeError) -> Shape {
    let input = try only(inputs)
    guard input.channels == channels else { throw ShapeError("expected \(channels) channels, got \(input.channels)") }
    return input
}

/// Checks that an input has the one shape that a layer was made for.
func expect(_ expected: Shape, _ input: Shape) throws(ShapeError) {
    guard input == expected else {
        throw ShapeError("made for \(expected), got \(input): the picture must have the size that the network was made for")
    }
}

extension Window {
    /// Covers a map wherever it is put: for layers whose every output may see every input.
    static func whole(of shape: Shape) -> Window { Window(kernel: (max(shape.height, 1), max(shape.width, 1))) }
}
