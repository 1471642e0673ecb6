/// A family member by torchvision's name: how its layers follow each other.
public struct Architecture: Sendable {
    /// torchvision's name.
    public let name: String
    /// Adds the nodes. `classifier` is false where the weights end with the convolutions.
    let build: @Sendable (_ network: inout NetworkBuilder, _ classifier: Bool) -> Void

    /// Every architecture there is. A new one is one file and one name here.
    public static let all: [Architecture] = [.squeezenet1_1, .vgg16]

    /// The network of this architecture over the weights of a store.
    ///
    /// The weights decide whether it has a classifier: torchvision's VGG-16 has one, the bundled VGG-16 ends with its
    /// convolutions, and one's own training of either architecture may be of either kind.
    public func network(weights: any WeightStore) throws(WeightsError) -> Network {
        var builder = NetworkBuilder(weights: weights)
        build(&builder, hasClassifier(in: weights))
        return try builder.network()
    }

    /// Whether weights go on to class scores: whether they hold any of the parameters that a classifier adds. If they
    /// hold some of them only, the others are then reported as missing.
    public func hasClassifier(in weights: any WeightStore) -> Bool {
        func names(classifier: Bool) -> Set<String> {
            var builder = NetworkBuilder(weights: weights)
            build(&builder, classifier)
            return Set(builder.parameters.map(\.name))
        }
        return !names(classifier: true).subtracting(names(classifier: false)).isDisjoint(with: weights.shapes.keys)
    }
}
