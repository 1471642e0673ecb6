import Crypto
import FoundationEssentials

/// A network that lies ready in a folder, as models.json describes it.
public struct ModelDescription: Sendable, Codable {
    /// What `--model` calls it.
    public let name: String
    /// A name in `Architecture.all`.
    public let architecture: String
    /// Which training of the architecture this is, e.g. "FEATURES".
    public let weights: String
    /// The weights, a safetensors file in the catalog's folder.
    public let file: String
    /// Size of the weights file.
    public let bytes: Int
    /// Of the weights file, in hexadecimal.
    public let sha256: String
    /// What the weights were trained to see.
    public let preprocessing: Preprocessing
    /// The file with one class name a line, for weights of this architecture that go on to class scores.
    public let classes: String?
    /// Whether the bundled weights go on to class scores.
    public let classifier: Bool
    /// Where the weights come from.
    public let source: String
    /// Under what they may be used.
    public let licence: String
    /// The paper to cite.
    public let citation: String
}

/// The networks in a folder: models.json and the files that it names.
public struct ModelCatalog: Sendable {
    /// Where models.json lies.
    public let folder: String
    /// The model that is meant if none is named.
    public let defaultName: String
    /// Every model in models.json, in its order.
    public let models: [ModelDescription]

    public init(folder: String) throws(WeightsError) {
        struct Manifest: Decodable {
            let `default`: String
            let models: [ModelDescription]
        }
        let path = "\(folder)/models.json"
        let bytes = try MappedFile(path: path)
        let manifest: Manifest
        do {
            manifest = try JSONDecoder().decode(Manifest.self, from: Data(bytes.bytes))
        } catch {
            throw WeightsError(file: path, reason: "not a list of models: \(error)")
        }
        self.folder = folder
        defaultName = manifest.default
        models = manifest.models
    }

    /// Whether `model(named:)` finds a model.
    public func has(_ name: String) -> Bool { find(name) != nil }

    private func find(_ name: String) -> ModelDescription? {
        models.first { $0.name == name || "\($0.name):\($0.weights)" == name }
    }

    /// The description of a model by name.
    public func model(named name: String) throws(ModelNameError) -> ModelDescription {
        if let found = find(name) { return found }
        throw ModelNameError(name: name, available: models.map(\.name))
    }

    /// A bundled network, ready to be prepared.
    public func load(_ description: ModelDescription) throws(WeightsError) -> Model {
        let weights = try SafetensorsFile(path: "\(folder)/\(description.file)")
        return try model(description, weights: weights, sha256: description.sha256)
    }

    /// A user's own weights for the architecture of a bundled network, with its preprocessing: a file of any format that
    /// `openWeights` reads.
    public func load(_ description: ModelDescription, weightsFile: String) throws(WeightsError) -> Model {
        let weights = try openWeights(path: weightsFile)
        return try model(description, weights: weights, sha256: try sha256(ofFile: weightsFile))
    }

    private func model(_ description: ModelDescription, weights: any WeightStore, sha256: String)
        throws(WeightsError) -> Model
    {
        guard let architecture = Architecture.all.first(where: { $0.name == description.architecture }) else {
            throw WeightsError(
                file: "\(folder)/models.json",
                reason: "\(description.name) has the unknown architecture \(description.architecture)")
        }
        let network = try architecture.network(weights: weights)
        var classNames: [String]?
        if architecture.hasClassifier(in: weights), let file = description.classes {
            let names = try readLines("\(folder)/\(file)")
            // A training for other classes has names that nobody told.
            let count = network.outputChannels
            classNames = names.count == count ? names : (0..<count).map { "class \($0)" }
        }
        return Model(
            name: description.name, weightsSHA256: sha256, network: network, preprocessing: description.preprocessing,
            classNames: classNames)
    }

    private func readLines(_ path: String) throws(WeightsError) -> [String] {
        let file = try MappedFile(path: path)
        return String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// A network with what is needed to use it.
public struct Model: Sendable {
    /// What `--model` calls it.
    public let name: String
    /// Of the weights file, in hexadecimal.
    public let weightsSHA256: String
    /// The graph, its weights still in their file.
    public let network: Network
    /// The layers that have been prepared so far.
    public let loaded = LoadedLayers()
    /// What the weights were trained to see.
    public let preprocessing: Preprocessing
    /// The class of each output, where the network ends in classes.
    public let classNames: [String]?
    /// What was assumed of the pictures that it was trained on, in a line; nil where that is known.
    public var assumption: String?

    public init(
        name: String, weightsSHA256: String, network: Network, preprocessing: Preprocessing, classNames: [String]?
    ) {
        self.name = name
        self.weightsSHA256 = weightsSHA256
        self.network = network
        self.preprocessing = preprocessing
        self.classNames = classNames
    }
}

/// A model that is not there.
public struct ModelNameError: Error, CustomStringConvertible {
    /// What was asked for.
    public let name: String
    /// What there is.
    public let available: [String]

    public var description: String {
        "there is no model \"\(name)\"; the nearest are \(nearestNames(to: name, among: available).joined(separator: ", "))"
    }
}

/// The SHA-256 of a file in hexadecimal.
public func sha256(ofFile path: String) throws(WeightsError) -> String {
    let file = try MappedFile(path: path)
    var hash = SHA256()
    hash.update(bufferPointer: file.bytes)
    return hash.finalize().map { byte in
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }.joined()
}
