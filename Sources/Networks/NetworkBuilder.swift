import Tensors

/// Puts an architecture together: each call adds a node under torchvision's name, whose parameters carry that name as
/// their prefix in the checkpoint.
public struct NetworkBuilder {
    /// The output of a node, or the image itself.
    public struct Value: Sendable {
        let index: Int  // −1 for the image
        /// Channels (filters for a convolution), as far as an architecture needs to know them.
        public let channels: Int
    }

    private let store: any WeightStore
    private(set) var nodes: [Network.Node] = []
    private var channels: [Int] = []
    private(set) var parameters: [Parameter] = []
    /// What goes in: `[channels, height, width]`, after preprocessing.
    public let image: Value

    public init(inputChannels: Int = 3, weights store: any WeightStore) {
        self.store = store
        image = Value(index: -1, channels: inputChannels)
    }

    /// The shape of a parameter as the checkpoint has it, e.g. to learn the number of classes.
    public func shape(of name: String) -> [Int]? { store.shapes[name] }

    /// Adds any layer as a node.
    ///
    /// - Parameter channels: of its output.
    public mutating func add(_ name: String, _ layer: any Layer, from inputs: [Value], channels: Int) -> Value {
        precondition(!nodes.contains { $0.name == name }, "two nodes are called \(name)")
        nodes.append(Network.Node(name: name, layer: layer, inputs: inputs.map(\.index)))
        self.channels.append(channels)
        return Value(index: nodes.count - 1, channels: channels)
    }

    private mutating func parameter(_ name: String, _ shape: [Int]) -> Parameter {
        let parameter = Parameter(name, shape: shape, in: store)
        parameters.append(parameter)
        return parameter
    }

    /// A convolution with a square kernel; parameters NAME.weight and NAME.bias.
    public mutating func convolution(
        _ name: String, _ input: Value, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        groups: Int = 1, bias: Bool = true
    ) -> Value {
        let weights = parameter("\(name).weight", [filters, input.channels / groups, kernel, kernel])
        let biases = bias ? parameter("\(name).bias", [filters]) : nil
        let layer = Convolution(
            inputChannels: input.channels, filters: filters,
            window: Window(kernel: kernel, stride: stride, padding: padding), groups: groups, weights: weights,
            biases: biases)
        return add(name, layer, from: [input], channels: filters)
    }

    /// A fully connected layer; parameters NAME.weight and NAME.bias.
    ///
    /// - Parameter inputs: values in one picture.
    public mutating func linear(_ name: String, _ input: Value, inputs: Int, outputs: Int) -> Value {
        let weights = parameter("\(name).weight", [outputs, inputs])
        let biases = parameter("\(name).bias", [outputs])
        let layer = Linear(inputs: inputs, outputs: outputs, weights: weights, biases: biases)
        return add(name, layer, from: [input], channels: outputs)
    }

    /// max(x, 0).
    public mutating func relu(_ name: String, _ input: Value) -> Value {
        add(name, ReLU(), from: [input], channels: input.channels)
    }

    /// Max pooling with a square window; `ceiling` is PyTorch's ceil_mode.
    public mutating func maxPooling(
        _ name: String, _ input: Value, kernel: Int, stride: Int, padding: Int = 0, ceiling: Bool = false
    ) -> Value {
        let layer = MaxPooling(window: Window(kernel: kernel, stride: stride, padding: padding), ceiling: ceiling)
        return add(name, layer, from: [input], channels: input.channels)
    }

    /// Means over a grid of `extent` × `extent` regions.
    public mutating func adaptiveAveragePooling(_ name: String, _ input: Value, to extent: Int) -> Value {
        add(name, AdaptiveAveragePooling(height: extent, width: extent), from: [input], channels: input.channels)
    }

    /// The identity, under dropout's name.
    public mutating func dropout(_ name: String, _ input: Value) -> Value {
        add(name, Dropout(), from: [input], channels: input.channels)
    }

    /// - Parameter values: in one picture; the flat vector has as many channels.
    public mutating func flatten(_ name: String, _ input: Value, values: Int) -> Value {
        add(name, Flatten(), from: [input], channels: values)
    }

    /// The inputs' channels one after the other.
    public mutating func concatenation(_ name: String, _ inputs: [Value]) -> Value {
        add(name, Concatenation(), from: inputs, channels: inputs.reduce(0) { $0 + $1.channels })
    }

    /// The network, once every parameter was found in the checkpoint in its shape.
    public func network() throws(WeightsError) -> Network {
        try store.check(parameters)
        return Network(nodes: nodes, channels: channels, inputChannels: image.channels)
    }
}
