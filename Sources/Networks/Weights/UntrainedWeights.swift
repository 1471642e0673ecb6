import Tensors

/// Weights for any architecture without a file: to list its layers, to time it (time does not depend on the values), to
/// compare it with another program that makes the same ones.
///
/// Each value is made from a uniform one in −1…1 by the parameter's name and shape, so that signals neither die nor
/// explode on their way through a deep network:
///
/// | parameter | value |
/// |---|---|
/// | `….running_var` | 0.5 + \|u\| |
/// | weights of a normalization (one extent) | 1 + u/4 |
/// | `….layer_scale` | (1 + u/2)/2 |
/// | weights (two or four extents) | u · √(3 · gain / inputs of a filter), of variance gain / inputs |
/// | the class token and the positions | u/2 |
/// | biases and `….running_mean` | u/10 |
public struct UntrainedWeights: WeightStore {
    public let file = "untrained weights"
    /// None are known: whatever the architecture asks for is there.
    public let shapes: [String: [Int]] = [:]
    private let gain: Float
    private let uniform: @Sendable (_ name: String, _ count: Int) -> [Float]

    /// - Parameters:
    ///   - gain: by which a layer of weights multiplies the variance, before what follows it.
    ///   - uniform: `count` values in −1…1 that the name decides; nil for this program's own generator.
    public init(gain: Float = 1, uniform: (@Sendable (_ name: String, _ count: Int) -> [Float])? = nil) {
        self.gain = gain
        self.uniform =
            uniform ?? { name, count in
                var generator = RandomGenerator(seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude))
                return (0..<count).map { _ in 2 * generator.uniform() - 1 }
            }
    }

    public func holds(_ name: String) -> Bool { true }

    /// Every parameter is there.
    public func check(_ parameters: [Parameter]) throws(WeightsError) {}

    public func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        var values = uniform(name, shape.reduce(1, *))
        func map(_ value: (Float) -> Float) { for i in values.indices { values[i] = value(values[i]) } }
        if name.hasSuffix("running_var") {
            map { 0.5 + abs($0) }
        } else if name.hasSuffix("layer_scale") {
            map { 0.5 + 0.25 * $0 }
        } else if name.hasSuffix("class_token") || name.hasSuffix("pos_embedding") {
            map { 0.5 * $0 }
        } else if shape.count > 1 {
            let scale = (3 * gain / Float(shape.dropFirst().reduce(1, *))).squareRoot()
            map { scale * $0 }
        } else if name.hasSuffix("weight") {
            map { 1 + 0.25 * $0 }
        } else {
            map { 0.1 * $0 }
        }
        return values
    }
}
