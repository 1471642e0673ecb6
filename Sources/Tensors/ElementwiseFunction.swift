/// A function of one number that is applied to every element of a map.
public protocol ElementwiseFunction: Sendable {
    /// f(x) of every element.
    func callAsFunction(_ input: FeatureMap, workers: Workers) -> FeatureMap

    /// From a gradient at the output to one at the input.
    func pullback(_ gradient: FeatureMap, input: FeatureMap, workers: Workers) -> FeatureMap
}
