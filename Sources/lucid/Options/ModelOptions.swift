import ArgumentParser
import FoundationEssentials
import Models
import ModelStore
import Networks
import Synchronization

/// Which network, which weights, and what is known of them.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The network: a name such as vgg16 or resnet50:IMAGENET1K_V1; see `lucid models list`, or the path of an .onnx file. (default: squeezenet1_1)", valueName: "name"),
        completion: .list(Architecture.all.map(\.name)))
    var model: String?

    @Option(
        help: ArgumentHelp("A file of your own weights for the network's architecture: .safetensors, .pth or .pt.", valueName: "file"),
        completion: .file())
    var weights: String?

    @Option(help: ArgumentHelp("A file with the name of a class a line.", valueName: "file"), completion: .file())
    var labels: String?

    @OptionGroup var preprocessing: PreprocessingOptions

    /// The network, ready to be prepared; its weights are downloaded if they are not here.
    ///
    /// - Parameter size: of the picture, for a graph in a file that leaves it open.
    func load(size: Network.Size? = nil, quiet: Bool = false) throws(Failure) -> Model {
        var request = request
        request.size = size
        return try Self.load(request, quiet: quiet)
    }

    /// As `load`, of a name and perhaps a file of weights.
    static func load(_ name: String, weights: String? = nil, size: Network.Size? = nil, quiet: Bool = false)
        throws(Failure) -> Model
    {
        try load(ModelRequest(name: name, weights: weights, size: size), quiet: quiet)
    }

    /// The networks that have been loaded: a batch asks for the same one again and again.
    private static let loaded = Mutex<[ModelRequest: Model]>([:])

    /// Lets go of the networks, which live on where they are used.
    static func forgetNetworks() { loaded.withLock { $0 = [:] } }

    private static func load(_ request: ModelRequest, quiet: Bool) throws(Failure) -> Model {
        if let model = loaded.withLock({ $0[request] }) { return model }
        let model = try loadAnew(request, quiet: quiet)
        return loaded.withLock { loaded in
            if let other = loaded[request] { return other }
            loaded[request] = model
            return model
        }
    }

    private static func loadAnew(_ request: ModelRequest, quiet: Bool) throws(Failure) -> Model {
        let library = try library()
        let progress = DownloadProgress(request.name ?? library.catalog.defaultName, quiet: quiet)
        defer { progress.finish() }
        do {
            return try library.load(request, progress: progress.step)
        } catch {
            progress.finish()
            throw Failure(error)
        }
    }

    /// What a command that needs classes says of a network that ends before them.
    static func noClasses(of model: Model) throws(Failure) -> Failure {
        let architecture = String(model.name.prefix { $0 != ":" })
        let others = try library().classifiers(like: architecture).joined(separator: " and ")
        return .usage("the weights of \(model.name) end before the classes; those of \(others) go on to them")
    }

    /// The network for what looks at its graph or its speed only: weights that are not here are not downloaded.
    ///
    /// - Parameter size: as for `load`.
    func loadGraph(size: Network.Size? = nil) throws(Failure) -> Model {
        var request = request
        request.size = size
        return try Self.graph(request)
    }

    /// As `loadGraph`, of a name alone.
    static func loadGraph(_ name: String) throws(Failure) -> Model { try graph(ModelRequest(name: name)) }

    private static func graph(_ request: ModelRequest) throws(Failure) -> Model {
        let library = try library()
        do {
            return try library.graph(request)
        } catch {
            throw Failure(error)
        }
    }

    private var request: ModelRequest {
        ModelRequest(name: model, weights: weights, labels: labels, preprocessing: preprocessing.change)
    }

    /// Every network that a name can mean.
    static func library() throws(Failure) -> ModelLibrary {
        guard let folder = ModelFolder.find() else {
            let places = ModelFolder.candidates.joined(separator: ", ")
            throw Failure(66, "no models.json in \(places); set LUCID_MODELS to the folder that holds it")
        }
        do {
            return try ModelLibrary(folder: folder, Environment(ProcessInfo.processInfo.environment))
        } catch {
            throw Failure(error)
        }
    }
}
