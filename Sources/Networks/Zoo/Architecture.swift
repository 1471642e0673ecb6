/// A family member by torchvision's name: how its layers follow each other.
public struct Architecture: Sendable {
    /// torchvision's name.
    public let name: String
    /// Adds the nodes. `classifier` is false where the weights end with the convolutions.
    let build: @Sendable (_ network: inout NetworkBuilder, _ classifier: Bool) -> Void

    /// Every architecture there is. A new one is one file and one name here.
    public static let all: [Architecture] = [.squeezenet1_1, .vgg16]

    /// The network of this architecture over the weights of a store.
    public func network(weights: any WeightStore, classifier: Bool = true) throws(WeightsError) -> Network {
        var builder = NetworkBuilder(weights: weights)
        build(&builder, classifier)
        return try builder.network()
    }
}
