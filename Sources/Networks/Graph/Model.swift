/// A network with what is needed to use it.
public struct Model: Sendable {
    /// The name that users call it by, e.g. "vgg16".
    public let name: String
    /// The `WeightsIdentity` of the weights: the SHA-256 of their file, with the key where the file holds others as well.
    public let weightsSHA256: String
    /// The graph, its weights still in their file.
    public let network: Network
    /// The layers that have been prepared so far.
    public let preparedLayers = PreparedLayers()
    /// The values that the weights were trained on.
    public let preprocessing: Preprocessing
    /// Whether that is what comes with the model's name, so that the name alone tells it.
    public package(set) var hasItsOwnPreprocessing: Bool
    /// The class of each output, where the network ends in classes.
    public let classNames: [String]?
    /// Further names of each class, by which people may look for it; empty where none are known.
    public var otherClassNames: [[String]] = []
    /// One line on assumptions about the pictures that it was trained on; nil where those are known.
    public var assumption: String?

    /// How the weights were found in a file of the user's own; nil for all others.
    public var fit: ArchitectureFit?

    /// The name of another network whose weights have the same names, where nothing told which it is.
    public var lookalike: String?

    /// The architecture that its name means; nil for a graph that was imported.
    public var architecture: Architecture? { Architecture.named(architectureName ?? String(name.prefix { $0 != ":" })) }
    /// The architecture's name, where the model's does not begin with it.
    public var architectureName: String?

    /// - Parameters:
    ///   - hasItsOwnPreprocessing: whether the preprocessing is the one that comes with the name.
    ///   - classNames: one for each output; nil where the network does not end in classes.
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

/// The weights of a network, as records name them: "SHA-256", or "SHA-256#key" for one of several sets in a file.
public struct WeightsIdentity: Sendable, Hashable {
    /// The file's, in hexadecimal.
    public let sha256: String
    /// Where in the file they are; nil where there are no others.
    public let key: String?

    /// - Parameter sha256: the file's, in hexadecimal.
    public init(sha256: String, key: String?) { (self.sha256, self.key) = (sha256, key) }

    /// Reads the text of a record.
    public init(_ text: String) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        (sha256, key) = (parts[0], parts.count > 1 ? parts[1] : nil)
    }

    /// The text of a record.
    public var text: String { key.map { "\(sha256)#\($0)" } ?? sha256 }
}
