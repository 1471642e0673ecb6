import Tensors

/// Layers of one input, one after the other, as one layer.
public struct Composition: Layer {
    /// First to last.
    public let layers: [any Layer]

    /// - Parameter layers: first to last, at least one.
    public init(_ layers: [any Layer]) {
        precondition(!layers.isEmpty)
        self.layers = layers
    }

    /// The traits that all layers have. Several windows count as one that sees everything.
    public var traits: LayerTraits {
        let common = layers.dropFirst().reduce(layers[0].traits) { $0.intersection($1.traits) }
        return common.intersection([.piecewiseLinear, .preservesZeroGradient]).union(.seesWholeInput)
    }

    public var parameters: [Parameter] { layers.flatMap(\.parameters) }

    /// The input of every layer, and the output of the last.
    private func shapes(_ input: Shape) throws(ShapeError) -> [Shape] {
        var shapes = [input]
        for layer in layers { shapes.append(try layer.outputShape(for: [shapes.last!])) }
        return shapes
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try shapes(try only(inputs)).last! }

    public func window(for inputs: [Shape]) -> Window? {
        guard let shapes = try? shapes(inputs[0]) else { return nil }
        let windows = zip(layers, shapes).compactMap { $0.window(for: [$1]) }
        return windows.isEmpty ? nil : windows.count == 1 ? windows[0] : .whole(of: inputs[0])
    }

    public func multiplyAdds(for inputs: [Shape]) -> Int {
        guard let shapes = try? shapes(inputs[0]) else { return 0 }
        return zip(layers, shapes).reduce(0) { $0 + $1.0.multiplyAdds(for: [$1.1]) }
    }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        var prepared: [any PreparedLayer] = []
        for layer in layers { prepared.append(try layer.prepared(for: preparation)) }
        return Prepared(layers: prepared)
    }

    private struct Prepared: PreparedLayer {
        let layers: [any PreparedLayer]

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            var output = inputs[0]
            var pullbacks: [(consuming FeatureMap) -> [FeatureMap]] = []
            for layer in layers {
                let result = layer([output], pass)
                output = result.output
                if pass.remembers { pullbacks.append(result.pullback) }
            }
            return LayerResult(output) { [pullbacks] gradient in
                var gradient = gradient
                for pullback in pullbacks.reversed() { gradient = pullback(gradient)[0] }
                return [gradient]
            }
        }
    }
}
