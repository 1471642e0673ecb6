import Tensors

/// Some channels of the input, in an order of its own: a slice, a shuffle, a selection.
public struct ChannelChoice: Layer {
    /// Channels of the input.
    public let inputChannels: Int
    /// Which channel of the input each channel of the output is; each at most once.
    public let chosen: [Int]

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

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels == inputChannels else {
            throw ShapeError("expected \(inputChannels) channels, got \(input.channels)")
        }
        return Shape(chosen.count, input.height, input.width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let places = chosen.map(Int32.init)
        return Step(output: inputs[0].choosing(places, workers: pass.workers)) { [inputChannels] gradient in
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

    public var passesRectifiedValuesOn: Bool { true }
}

/// A layer whose inputs supply more channels than it wants: it looks at some only.
struct Selecting: Layer {
    let layer: any Layer
    /// For each input: what to pick and of how many channels; nil to take it as it is.
    let choices: [ChannelChoice?]

    private func selected(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        var shapes: [Shape] = []
        for (input, choice) in zip(inputs, choices) {
            shapes.append(try choice?.outputShape(for: [input]) ?? input)
        }
        return shapes
    }

    func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try layer.outputShape(for: try selected(inputs))
    }

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let steps = zip(inputs, choices).map { input, choice in
            choice.map { $0([input], pass) } ?? Step(output: input) { [$0] }
        }
        let whole = layer
        let step = whole(steps.map(\.output), pass)
        return Step(output: step.output) { gradient in
            zip(steps, step.pullback(gradient)).map { $0.pullback($1)[0] }
        }
    }

    func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        Selecting(layer: try layer.loaded(choice), choices: choices)
    }

    func window(for inputs: [Shape]) -> Window? {
        guard let shapes = try? selected(inputs) else { return nil }
        return layer.window(for: shapes)
    }

    var seesWholeInput: Bool { layer.seesWholeInput }

    func multiplyAdds(for inputs: [Shape]) -> Int {
        guard let shapes = try? selected(inputs) else { return 0 }
        return layer.multiplyAdds(for: shapes)
    }

    var parameterCount: Int { layer.parameterCount }
}
