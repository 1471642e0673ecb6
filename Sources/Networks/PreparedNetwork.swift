import Tensors

/// What an objective wants to see of a layer.
public enum Demand: Sendable, Hashable {
    case all
    /// Some channels only.
    case channels(Set<Int>)

    /// Everything that either wants.
    public func union(_ other: Demand) -> Demand {
        guard case .channels(let mine) = self, case .channels(let theirs) = other else { return .all }
        return .channels(mine.union(theirs))
    }
}

/// A network cut down to what some layers demand, with its weights loaded: nothing past the deepest demanded layer,
/// only the demanded channels of it, normalizations and rectifiers merged into the convolutions before them.
public struct PreparedNetwork: Sendable {
    private struct Step: Sendable {
        let name: String
        let layer: any Layer
        let inputs: [Int]  // indices of steps; −1 is the image
        /// The channels computed, ascending; nil for all.
        let channels: [Int]?
        var isKept: Bool
    }

    private let steps: [Step]
    private let preprocessing: Preprocessing?

    /// - Parameters:
    ///   - demands: what will be looked at.
    ///   - preprocessing: applied to the image first; nil takes the image as the network's own input.
    ///   - convolution: the algorithms that convolutions may use.
    public init(
        _ network: Network, demands: [LayerName: Demand], preprocessing: Preprocessing?,
        convolution: ConvolutionChoice = .auto
    ) throws(WeightsError) {
        var plan = Pruning(network, demands: demands)
        plan.foldNormalizations()
        plan.mergeRectifiers()
        plan.maskGradients()
        var steps: [Step] = []
        var places = [Int: Int]()  // node → step
        for node in plan.nodes {
            places[node.index] = steps.count
            steps.append(
                Step(
                    name: network.nodes[node.index].name, layer: try node.layer.loaded(convolution),
                    inputs: node.inputs.map { $0 < 0 ? -1 : places[$0]! }, channels: node.channels,
                    isKept: node.isKept))
        }
        self.steps = steps
        self.preprocessing = preprocessing
    }

    /// Whether images of this size can be taken, or the layer that cannot.
    public func check(channels: Int = 3, height: Int, width: Int) throws(ShapeError) {
        var shapes: [Shape] = []
        for step in steps {
            do {
                let inputs = step.inputs.map { $0 < 0 ? Shape(channels, height, width) : shapes[$0] }
                shapes.append(try step.layer.outputShape(for: inputs))
            } catch {
                throw ShapeError(error.reason, layer: step.name)
            }
        }
    }

    /// Multiplications with additions of one forward pass.
    public func multiplyAdds(channels: Int = 3, height: Int, width: Int) -> Int {
        var shapes: [Shape] = []
        var sum = 0
        for step in steps {
            let inputs = step.inputs.map { $0 < 0 ? Shape(channels, height, width) : shapes[$0] }
            guard let shape = try? step.layer.outputShape(for: inputs) else { return sum }
            sum += step.layer.multiplyAdds(for: inputs)
            shapes.append(shape)
        }
        return sum
    }

    /// One pass through the network.
    ///
    /// - Parameters:
    ///   - image: `[channels, height, width]`, a size that `check` accepts; in 0…1 if there is preprocessing.
    ///   - remembering: keep what `Trace.backward` needs; without, activations die as soon as they are used.
    public func forward(_ image: Tensor, _ pass: Pass, remembering: Bool = true) -> Trace {
        let input = FeatureMap(preprocessing.map { $0(image) } ?? image, workers: pass.workers)
        var outputs = [FeatureMap?](repeating: nil, count: steps.count)
        var uses = [Int](repeating: 0, count: steps.count)
        for step in steps { for index in step.inputs where index >= 0 { uses[index] += 1 } }
        var pullbacks: [(consuming FeatureMap) -> [FeatureMap]] = []
        var activations: [String: Activation] = [:]
        for (index, step) in steps.enumerated() {
            let inputs = step.inputs.map { $0 < 0 ? input : outputs[$0]! }
            let result = step.layer(inputs, pass)
            outputs[index] = result.output
            if remembering { pullbacks.append(result.pullback) }
            if step.isKept {
                activations[step.name] = Activation(
                    values: result.output.planes(workers: pass.workers), channels: step.channels)
            }
            for used in step.inputs where used >= 0 {
                uses[used] -= 1
                if uses[used] == 0 { outputs[used] = nil }
            }
        }
        return Trace(
            activations: activations,
            backward: { seeds in
                self.backward(from: seeds, pullbacks: pullbacks, imageShape: image.shape, workers: pass.workers)
            })
    }

    private func backward(
        from seeds: [String: Tensor], pullbacks: [(consuming FeatureMap) -> [FeatureMap]], imageShape: Shape,
        workers: Workers
    ) -> Tensor {
        precondition(pullbacks.count == steps.count, "the pass was not remembered")
        var gradients = [FeatureMap?](repeating: nil, count: steps.count)
        var imageGradient: FeatureMap?
        func accumulate(_ part: FeatureMap, onto sum: inout FeatureMap?) {
            if sum == nil { sum = part } else { sum!.add(part, workers: workers) }
        }
        for (index, step) in steps.enumerated().reversed() {
            if step.isKept, let seed = seeds[step.name] {
                accumulate(FeatureMap(seed, workers: workers), onto: &gradients[index])
            }
            guard let gradient = gradients[index].take() else { continue }
            var results = pullbacks[index](gradient)
            for input in step.inputs.reversed() {
                let part = results.removeLast()
                if input < 0 {
                    accumulate(part, onto: &imageGradient)
                } else {
                    accumulate(part, onto: &gradients[input])
                }
            }
        }
        let gradient = imageGradient?.planes(workers: workers) ?? Tensor(imageShape)
        return preprocessing.map { $0.pullback(gradient) } ?? gradient
    }
}

/// One remembered pass: what the demanded layers answered, and the way back to the image.
public struct Trace {
    let activations: [String: Activation]
    let backward: ([String: Tensor]) -> Tensor

    /// What a layer answered; it must have been demanded.
    public subscript(layer: LayerName) -> Activation { activations[layer.node]! }

    /// The gradient with respect to the image of a score whose gradients with respect to the demanded activations are
    /// `seeds` (in the shape of `Activation.values`).
    public func backward(from seeds: [LayerName: Tensor]) -> Tensor {
        backward(Dictionary(uniqueKeysWithValues: seeds.map { ($0.node, $1) }))
    }
}

/// A layer's output: all channels, or those that were demanded.
public struct Activation: Sendable {
    /// `[channels.count, height, width]`
    public let values: Tensor
    /// The layer's channels that these are, ascending; nil for all.
    public let channels: [Int]?

    /// An activation made by hand, for tests of objectives.
    public init(values: Tensor, channels: [Int]?) {
        self.values = values
        self.channels = channels
    }

    /// Where a channel of the layer lies in `values`.
    public func position(of channel: Int) -> Int {
        guard let channels else { return channel }
        guard let position = channels.firstIndex(of: channel) else {
            preconditionFailure("channel \(channel) was not demanded")
        }
        return position
    }
}
