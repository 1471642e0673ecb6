import ArgumentParser
import Models
import Networks

/// Which network, and which weights.
struct ModelOptions: ParsableArguments {
    @Option(help: "The network, see `lucid models list`, or the path of an .onnx file. (default: squeezenet1_1)")
    var model: String?

    @Option(help: ArgumentHelp("A file of your own weights for the network's architecture: .safetensors, .pth or .pt.", valueName: "file"))
    var weights: String?

    /// The network, ready to be prepared.
    ///
    /// - Parameter size: of the picture, for a graph in a file that leaves it open.
    func load(size: Network.Size? = nil) throws(Failure) -> Model { try Self.load(model, weights: weights, size: size) }

    /// - Parameters:
    ///   - name: nil for the default network.
    ///   - weights: a file; nil for the bundled ones.
    ///   - size: of the picture, for a graph in a file that leaves it open.
    static func load(_ name: String?, weights: String? = nil, size: Network.Size? = nil) throws(Failure) -> Model {
        if let name, isGraphFile(name) { return try graphFile(name, size: size) }
        let catalog = try catalog()
        do {
            let description = try catalog.model(named: name ?? catalog.defaultName)
            if let weights { return try catalog.load(description, weightsFile: weights) }
            return try catalog.load(description)
        } catch let error as ModelNameError {
            throw .usage("\(error); `lucid models list` shows all")
        } catch let error as WeightsError {
            throw Failure(error)
        } catch {
            throw Failure(70, "\(error)")
        }
    }

    /// The network for what looks at its graph or its speed only: an architecture whose weights are not here will do,
    /// with weights that nobody trained.
    func loadGraph(size: Network.Size? = nil) throws(Failure) -> Model {
        try Self.loadGraph(model, weights: weights, size: size)
    }

    static func loadGraph(_ name: String?, weights: String? = nil, size: Network.Size? = nil) throws(Failure) -> Model {
        if let name, isGraphFile(name) { return try graphFile(name, size: size) }
        guard let name, weights == nil, try !catalog().has(name) else {
            return try load(name, weights: weights)
        }
        guard let architecture = Architecture.named(name) else {
            let nearest = nearestNames(to: name, among: Architecture.all.map(\.name)).joined(separator: ", ")
            throw .usage("there is no model or architecture \"\(name)\"; the nearest are \(nearest)")
        }
        return Model(
            name: name, weightsSHA256: "", network: architecture.untrained(), preprocessing: .training(of: name),
            classNames: nil)
    }

    /// The bundled networks.
    static func catalog() throws(Failure) -> ModelCatalog {
        guard let folder = ModelFolder.find() else {
            let places = ModelFolder.candidates.joined(separator: ", ")
            throw Failure(66, "no models.json in \(places); set LUCID_MODELS to the folder that holds it")
        }
        do {
            return try ModelCatalog(folder: folder)
        } catch {
            throw Failure(error)
        }
    }
}
