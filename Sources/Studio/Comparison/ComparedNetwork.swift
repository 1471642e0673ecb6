import Images
import ModelStore
import Networks
import Tensors
import Visualization

/// One of the two networks that are compared: its layers, and what they answer to photographs.
struct ComparedNetwork {
    let model: Model
    /// The name in reports: weights of one's own tell two networks of one name apart.
    let label: String
    /// As they were named.
    let names: [String]
    let layers: [LayerName]
    /// The size of the photographs that it sees.
    let size: Network.Size
    private let network: PreparedNetwork

    /// Channels of each layer.
    var channels: [Int] { layers.map(model.network.channels) }

    /// "vgg16", "net.onnx" or "resnet18=birds.pth": the weights of one's own after an equals sign.
    static func load(_ argument: String, size: PictureSize?, _ session: Session) throws(Problem) -> Model {
        let (name, weights) = split(argument)
        if let weights, name.isEmpty || weights.isEmpty {
            throw .usage("\(argument): weights of your own are named as ARCHITECTURE=FILE, e.g. resnet18=birds.pth")
        }
        return try session.model(ModelRequest(name: name, weights: weights, size: size?.networkSize))
    }

    private static func split(_ argument: String) -> (name: String, weights: String?) {
        guard !ModelLibrary.isGraphFile(argument), let equals = argument.firstIndex(of: "=") else { return (argument, nil) }
        return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }

    /// - Parameters:
    ///   - argument: as for `load`.
    ///   - names: of layers.
    ///   - size: of the photographs; nil for the one that the network takes or was trained on.
    init(_ model: Model, of argument: String, layers names: [String], size: PictureSize?) throws(Problem) {
        self.model = model
        func file(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
        let name = ModelLibrary.isGraphFile(model.name) ? file(model.name) : model.name
        label = Self.split(argument).weights.map { "\(name)=\(file($0))" } ?? name
        self.names = names
        var layers: [LayerName] = []
        for name in names { layers.append(try model.layer(name)) }
        self.layers = layers
        if let repeated = layers.indices.first(where: { layers[..<$0].contains(layers[$0]) }) {
            throw .usage("\(model.name): \(names[repeated]) is named twice; each layer is compared once")
        }
        let only = layers.lazy.compactMap(model.network.onlySize).first
        if let size, let only, size.networkSize != only {
            throw .usage("\(model.name) takes pictures of \(only) pixels only; leave \(setting: "size") out")
        }
        let crop = model.preprocessing.crop
        self.size = size?.networkSize ?? only ?? Network.Size(height: crop, width: crop)
        do throws(WeightsError) {
            network = try PreparedNetwork(
                model.network, requests: Dictionary(uniqueKeysWithValues: layers.map { ($0, ActivationRequest.all) }),
                preprocessing: model.preprocessing, sharing: model.preparedLayers)
        } catch {
            throw Problem(error)
        }
        do {
            try network.check(height: self.size.height, width: self.size.width)
        } catch {
            throw .usage("\(model.name) cannot take \(self.size) pixels: \(error); try another \(setting: "size")")
        }
        try model.network.checkMemory(for: Set(layers), seeing: self.size, advice: "try a smaller \(setting: "size")")
    }

    /// The activations of every layer for the middle of a photograph, averaged down (or, where a layer is smaller, interpolated) to
    /// a grid of `grid` × `grid` positions.
    func activations(_ photograph: Picture, _ path: String, grid: Int, workers: Workers) throws(Problem) -> [Tensor] {
        let image = try photograph.fitted(width: size.width, height: size.height)
            .tensor(channels: model.network.inputChannels, name: path)
        let trace = network.forward(image, Pass(workers: workers), remembering: false)
        var found: [Tensor] = []
        for (name, layer) in zip(names, layers) {
            let values = trace[layer].values.scaled(toHeight: grid, width: grid, workers: workers)
            guard values.withElements({ $0.allSatisfy(\.isFinite) }) else {
                throw Problem(.failed, "\(model.name): \(name) answers \(path) with numbers that are not finite; check the weights")
            }
            found.append(values)
        }
        return found
    }
}
