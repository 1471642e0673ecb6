import Tensors

/// Layers of one input one after the other, as one.
public struct Composition: Layer {
    /// First to last.
    public let layers: [any Layer]

    public init(_ layers: [any Layer]) {
        precondition(!layers.isEmpty)
        self.layers = layers
    }

    /// The input of every layer, and the output of the last.
    private func shapes(_ input: Shape) throws(ShapeError) -> [Shape] {
        var shapes = [input]
        for layer in layers { shapes.append(try layer.outputShape(for: [shapes.last!])) }
        return shapes
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try shapes(try only(inputs)).last! }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        var output = inputs[0]
        var pullbacks: [(consuming FeatureMap) -> [FeatureMap]] = []
        for layer in layers {
            let step = layer([output], pass)
            output = step.output
            if pass.remembers { pullbacks.append(step.pullback) }
        }
        return Step(output: output) { [pullbacks] gradient in
            var gradient = gradient
            for pullback in pullbacks.reversed() { gradient = pullback(gradient)[0] }
            return [gradient]
        }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var loaded: [any Layer] = []
        for layer in layers { loaded.append(try layer.loaded(choice)) }
        return Composition(loaded)
    }

    public func window(for inputs: [Shape]) -> Window? {
        guard let shapes = try? shapes(inputs[0]) else { return nil }
        let windows = zip(layers, shapes).compactMap { $0.window(for: [$1]) }
        return windows.isEmpty ? nil : windows.count == 1 ? windows[0] : .whole(of: inputs[0])
    }

    /// Several windows are taken for one that sees everything.
    public var seesWholeInput: Bool { true }

    public var passesRectifiedValuesOn: Bool { layers.allSatisfy(\.passesRectifiedValuesOn) }

    public func multiplyAdds(for inputs: [Shape]) -> Int {
        guard let shapes = try? shapes(inputs[0]) else { return 0 }
        return zip(layers, shapes).reduce(0) { $0 + $1.0.multiplyAdds(for: [$1.1]) }
    }

    public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }
}
