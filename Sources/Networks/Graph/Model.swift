/// A network with what is needed to use it.
public struct Model: Sendable {
    /// The name that users call it by, e.g. "vgg16".
    public let name: String
    /// SHA-256 of the weights file, in hexadecimal.
    public let weightsSHA256: String
    /// The graph, its weights still in their file.
    public let network: Network
    /// The layers that have been prepared so far.
    public let preparedLayers = PreparedLayers()
    /// The values that the weights were trained on.
    public let preprocessing: Preprocessing
    /// Whether that is what comes with the model's name, so that the name alone tells it.
    public let hasItsOwnPreprocessing: Bool
    /// The class of each output, where the network ends in classes.
    public let classNames: [String]?
    /// Further names of each class, by which people may look for it; empty where none are known.
    public var otherClassNames: [[String]] = []
    /// One line on assumptions about the pictures that it was trained on; nil where those are known.
    public var assumption: String?

    /// The architecture that its name means; nil for a graph that was imported.
    public var architecture: Architecture? { Architecture.named(String(name.prefix { $0 != ":" })) }

    public init(
        name: String, weightsSHA256: String, network: Network, preprocessing: Preprocessing,
        hasItsOwnPreprocessing: Bool = true, classNames: [String]?
    ) {
        self.name = name
        self.weightsSHA256 = weightsSHA256
        self.network = network
        self.preprocessing = preprocessing
        self.hasItsOwnPreprocessing = hasItsOwnPreprocessing
        self.classNames = classNames
    }
}
