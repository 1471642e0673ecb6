import Tensors

/// A rule that turns gradients into steps uphill. It keeps its state, such as a momentum, from step to step.
///
/// A new rule is one type with a name, a help text and defaults of its own, and one line in `OptimizerChoice.rules`.
public protocol Optimizer: Sendable {
    /// The name in plans.
    static var name: String { get }
    /// The rule and its source, in one line.
    static var help: String { get }
    /// The numbers that a plan may give in parentheses after the name, in their order.
    static var hyperparameters: [Hyperparameter] { get }
    /// The learning rate where none is given.
    static var defaultLearningRate: Float { get }
    /// Whether the rule compares gradients of successive steps. Then nothing else may move the parameters in between.
    static var comparesGradients: Bool { get }
    /// Values that the rule remembers for each parameter.
    static func valuesPerParameter(_ hyperparameters: [Float]) -> Int

    /// - Parameter hyperparameters: valid values for `Self.hyperparameters`.
    init(learningRate: Float, hyperparameters: [Float])

    /// Moves the parameters along the gradient of the score.
    ///
    /// - Parameters:
    ///   - parameters: blocks, always the same number in the same shapes.
    ///   - gradients: one for each block.
    ///   - learningRateFactor: multiplies the learning rate in this step.
    mutating func update(_ parameters: inout [Tensor], along gradients: [Tensor], learningRateFactor: Float, workers: Workers)
}

extension Optimizer {
    public static var comparesGradients: Bool { false }
}

/// A number of an optimizer's own.
public struct Hyperparameter: Sendable {
    /// Its name in help texts.
    public let name: String
    /// The value where a plan gives none.
    public let defaultValue: Float
    let isValid: @Sendable (Float) -> Bool

    /// A share of at least 0 and below 1, such as a decay or a momentum.
    static func share(_ name: String, default value: Float) -> Hyperparameter {
        Hyperparameter(name: name, defaultValue: value) { $0 >= 0 && $0 < 1 }
    }

    /// A whole number within bounds.
    static func count(_ name: String, default value: Float, in bounds: ClosedRange<Float>) -> Hyperparameter {
        Hyperparameter(name: name, defaultValue: value) { bounds.contains($0) && $0 == $0.rounded() }
    }
}
