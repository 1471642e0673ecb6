import Files
import FoundationEssentials

/// A network that lies ready in a folder, as models.json describes it.
public struct ModelDescription: Sendable, Codable {
    /// The name that users call it by, e.g. "vgg16".
    public let name: String
    /// A name in `Architecture.all`.
    public let architecture: String
    /// Which training of the architecture this is, e.g. "FEATURES".
    public let weights: String
    /// The weights, a safetensors file in the catalog's folder.
    public let file: String
    /// Size of the weights file.
    public let bytes: Int
    /// SHA-256 of the weights file, in hexadecimal.
    public let sha256: String
    /// The values that the weights were trained on.
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

    /// Reads the folder's models.json.
    ///
    /// - Throws: `WeightsError` where it is missing, or is no such list.
    public init(folder: String) throws(WeightsError) {
        struct Manifest: Decodable {
            let `default`: String
            let models: [ModelDescription]
        }
        let path = "\(folder)/models.json"
        let bytes = try MappedFile(weights: path)
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

    /// The description of a model by name: "vgg16", or "vgg16:FEATURES".
    public func find(_ name: String) -> ModelDescription? {
        models.first { $0.name == name || "\($0.name):\($0.weights)" == name }
    }

    /// As `find`, or what else there is.
    public func model(named name: String) throws(ModelNameError) -> ModelDescription {
        if let found = find(name) { return found }
        throw ModelNameError(name: name, available: models.map(\.name))
    }

    /// The weights file of a bundled network.
    public func path(of description: ModelDescription) -> String { "\(folder)/\(description.file)" }

    /// A bundled network, ready to be prepared.
    public func load(_ description: ModelDescription) throws(WeightsError) -> Model {
        guard let architecture = Architecture.named(description.architecture) else {
            throw WeightsError(
                file: "\(folder)/models.json",
                reason: "\(description.name) has the unknown architecture \(description.architecture)")
        }
        let weights = try SafetensorsFile(path: path(of: description))
        let fit = try architecture.fit(weights)
        let names = fit.hasClasses ? try classNames(count: fit.network.outputChannels) : nil
        var model = Model(
            name: description.name, weightsSHA256: description.sha256, network: fit.network,
            preprocessing: description.preprocessing, classNames: names?.usual)
        model.otherClassNames = names?.others ?? []
        return model
    }

    /// The names of the classes of a network with so many: ImageNet's where there are as many as it has, else numbers.
    ///
    /// (TensorFlow's inception5h has 1008 outputs in an order of its own, so that it gets numbers.)
    public func classNames(count: Int) throws(WeightsError) -> ClassNames {
        let imageNetClasses = 1000
        guard count == imageNetClasses, let file = models.lazy.compactMap(\.classes).first else {
            return ClassNames(usual: (0..<count).map { "class \($0)" })
        }
        do {
            return ClassNames(lines: try InputFile.lines(of: "\(folder)/\(file)"))
        } catch {
            throw WeightsError(error)
        }
    }
}

/// The names of a network's classes.
public struct ClassNames: Sendable, Equatable {
    /// The usual name of each class.
    public var usual: [String]
    /// Further names of each; empty where none are known.
    public var others: [[String]] = []

    /// Classes with one name each.
    public init(usual: [String]) { self.usual = usual }

    /// A class a line: its usual name, and after a tab its further ones with commas between them.
    init(lines: [String]) {
        let fields = lines.map { $0.split(separator: "\t", maxSplits: 1) }
        usual = fields.map { String($0.first ?? "") }
        others = fields.map { $0.count < 2 ? [] : $0[1].split(separator: ",").map { String($0.drop { $0 == " " }) } }
    }
}

/// A model that is not there.
public struct ModelNameError: Error, CustomStringConvertible {
    /// The name that was asked for.
    public let name: String
    /// The names that there are.
    public let available: [String]

    public var description: String {
        "there is no model \"\(shown(name))\"; the nearest are \(nearestNames(to: name, among: available).joined(separator: ", "))"
    }
}
