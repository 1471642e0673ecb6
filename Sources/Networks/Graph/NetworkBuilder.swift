import Tensors

/// Puts an architecture together: each call adds a node under torchvision's name, whose parameters carry that name as
/// their prefix in the checkpoint.
public struct NetworkBuilder {
    /// The output of a node, or the image itself.
    public struct Value: Sendable {
        /// The node's index; −1 for the image.
        package let index: Int
        /// Channels (filters for a convolution), as far as an architecture needs to know them.
        public let channels: Int
    }

    private let store: any WeightStore
    private(set) var nodes: [Network.Node] = []
    private var names: Set<String> = []
    private var channels: [Int] = []
    private(set) var parameters: [Parameter] = []
    /// The size of the picture that some layers were made for, which take no other.
    public var onlySize: Network.Size?
    /// Remarks on the network beside its layers.
    public var remarks = NetworkRemarks()
    /// The network's input: `[channels, height, width]`, after preprocessing.
    public let image: Value

    /// How the program that gave the weights differs from torchvision.
    let variation: Naming.Variation

    /// Begins a graph at its image.
    ///
    /// - Parameter store: the weights, by their names in the checkpoint.
    public init(inputChannels: Int = 3, weights store: any WeightStore) {
        self.init(inputChannels: inputChannels, weights: store, variation: Naming.Variation())
    }

    init(inputChannels: Int, weights store: any WeightStore, variation: Naming.Variation) {
        self.store = store
        self.variation = variation
        image = Value(index: -1, channels: inputChannels)
    }

    /// The node that was added last; −1 if there is none.
    package var lastIndex: Int { nodes.count - 1 }

    /// Whether a node has this name.
    public func has(_ name: String) -> Bool { names.contains(name) }

    /// The shape of a parameter as the checkpoint has it, e.g. to learn the number of classes.
    public func shape(of name: String) -> [Int]? { store.shape(of: name) }

    /// Adds any layer as a node.
    ///
    /// - Parameters:
    ///   - channels: channels of its output.
    ///   - module: a second name; see `Network.Node`.
    public mutating func add(
        _ name: String, _ layer: any Layer, from inputs: [Value], channels: Int, module: String? = nil
    ) -> Value {
        precondition(names.insert(name).inserted, "two nodes are called \(name)")
        nodes.append(Network.Node(name: name, layer: layer, inputs: inputs.map(\.index), module: module))
        self.channels.append(channels)
        return Value(index: nodes.count - 1, channels: channels)
    }

    /// Removes every node but the first `count`.
    package mutating func truncate(to count: Int) {
        for node in nodes[count...] { names.remove(node.name) }
        nodes.removeSubrange(count...)
        channels.removeSubrange(count...)
    }

    /// A parameter that the checkpoint must have.
    mutating func parameter(_ name: String, _ shape: [Int]) -> Parameter {
        let parameter = Parameter(name, shape: shape, in: store)
        parameters.append(parameter)
        return parameter
    }

    /// A convolution with a square kernel; parameters NAME.weight and NAME.bias.
    public mutating func convolution(
        _ name: String, _ input: Value, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        groups: Int = 1, bias: Bool = true
    ) -> Value {
        convolution(
            name, input, filters: filters, window: Window(kernel: kernel, stride: stride, padding: padding),
            groups: groups, bias: bias)
    }

    /// A convolution with any kernel; parameters PREFIX.weight and PREFIX.bias.
    ///
    /// - Parameter prefix: where the checkpoint does not call it by the node's name.
    public mutating func convolution(
        _ name: String, _ input: Value, filters: Int, window: Window, groups: Int = 1, bias: Bool = true,
        prefix: String? = nil
    ) -> Value {
        let prefix = prefix ?? name
        let weights = parameter(
            "\(prefix).weight", [filters, input.channels / groups, window.kernelHeight, window.kernelWidth])
        let biases = bias ? parameter("\(prefix).bias", [filters]) : nil
        let layer = Convolution(
            inputChannels: input.channels, filters: filters, window: window, groups: groups, weights: weights,
            biases: biases)
        return add(name, layer, from: [input], channels: filters)
    }

    /// Batch normalization; parameters NAME.weight, NAME.bias, NAME.running_mean, NAME.running_var.
    public mutating func normalization(_ name: String, _ input: Value, epsilon: Float = 1e-5) -> Value {
        let layer = BatchNormalization(
            channels: input.channels, epsilon: variation.epsilon ?? epsilon,
            weights: parameter("\(name).weight", [input.channels]),
            biases: parameter("\(name).bias", [input.channels]),
            means: parameter("\(name).running_mean", [input.channels]),
            variances: parameter("\(name).running_var", [input.channels]))
        return add(name, layer, from: [input], channels: input.channels)
    }

    /// Layer normalization over the channels; parameters PREFIX.weight and PREFIX.bias.
    public mutating func layerNormalization(
        _ name: String, _ input: Value, epsilon: Float = 1e-6, prefix: String? = nil
    ) -> Value {
        let prefix = prefix ?? name
        let layer = LayerNormalization(
            epsilon: variation.layerEpsilon ?? epsilon, weights: parameter("\(prefix).weight", [input.channels]),
            biases: parameter("\(prefix).bias", [input.channels]))
        return add(name, layer, from: [input], channels: input.channels)
    }

    /// A fully connected layer; parameters NAME.weight and NAME.bias.
    ///
    /// - Parameter inputs: values in one picture.
    /// - Parameter prefix: of the parameters, where the checkpoint does not call it by the node's name.
    public mutating func linear(
        _ name: String, _ input: Value, inputs: Int, outputs: Int, bias: Bool = true, prefix: String? = nil
    ) -> Value {
        let prefix = prefix ?? name
        let weights = parameter("\(prefix).weight", [outputs, inputs])
        let biases = bias ? parameter("\(prefix).bias", [outputs]) : nil
        let layer = Linear(inputs: inputs, outputs: outputs, weights: weights, biases: biases)
        return add(name, layer, from: [input], channels: outputs)
    }

    /// max(x, 0).
    public mutating func relu(_ name: String, _ input: Value) -> Value {
        add(name, ReLU(), from: [input], channels: input.channels)
    }

    /// A smooth or clipped function of each element.
    public mutating func activation(_ name: String, _ input: Value, _ function: ActivationFunction) -> Value {
        let layer: any Layer = function == .relu6 ? ReLU6() : Nonlinearity(function)
        return add(name, layer, from: [input], channels: input.channels)
    }

    /// The sum of two values of one shape.
    public mutating func addition(_ name: String, _ left: Value, _ right: Value) -> Value {
        add(name, Addition(), from: [left, right], channels: left.channels)
    }

    /// Max pooling with a square window; `ceiling` is PyTorch's ceil_mode.
    public mutating func maxPooling(
        _ name: String, _ input: Value, kernel: Int, stride: Int, padding: Int = 0, ceiling: Bool = false
    ) -> Value {
        let layer = MaxPooling(window: Window(kernel: kernel, stride: stride, padding: padding), ceiling: ceiling)
        return add(name, layer, from: [input], channels: input.channels)
    }

    /// Average pooling with a square window; padding counts as zeros.
    public mutating func averagePooling(
        _ name: String, _ input: Value, kernel: Int, stride: Int, padding: Int = 0
    ) -> Value {
        let layer = AveragePooling(window: Window(kernel: kernel, stride: stride, padding: padding))
        return add(name, layer, from: [input], channels: input.channels)
    }

    /// Means over a grid of `extent` × `extent` regions.
    public mutating func adaptiveAveragePooling(_ name: String, _ input: Value, to extent: Int) -> Value {
        add(name, AdaptiveAveragePooling(height: extent, width: extent), from: [input], channels: input.channels)
    }

    /// The identity: dropout once training is over, or a change of the order of axes where channels are adjacent already.
    public mutating func identity(_ name: String, _ input: Value) -> Value {
        add(name, Identity(), from: [input], channels: input.channels)
    }

    /// - Parameter values: in one picture; the flat vector has as many channels.
    public mutating func flatten(_ name: String, _ input: Value, values: Int) -> Value {
        add(name, Flatten(), from: [input], channels: values)
    }

    /// The inputs' channels one after the other.
    public mutating func concatenation(_ name: String, _ inputs: [Value]) -> Value {
        add(name, Concatenation(), from: inputs, channels: inputs.reduce(0) { $0 + $1.channels })
    }

    /// Leaves out the first node with a parameter that cannot be used, and all behind it; whether there is one.
    mutating func cut(before isUnusable: (Parameter) -> Bool) -> Bool {
        guard let end = nodes.firstIndex(where: { $0.layer.parameters.contains(where: isUnusable) }) else { return false }
        // A layer lists what is trained of it: the parameters that it has beside are left in the list.
        let left = Set(nodes[end...].flatMap(\.layer.parameters).map(\.name))
        parameters.removeAll { left.contains($0.name) }
        nodes.removeLast(nodes.count - end)
        channels.removeLast(channels.count - end)
        return true
    }

    /// The network, once every parameter was found in the checkpoint in its shape.
    public func network() throws(WeightsError) -> Network {
        try store.check(parameters)
        var network = Network(nodes: nodes, channels: channels, inputChannels: image.channels, onlySize: onlySize)
        network.remarks = remarks
        return network
    }
}
