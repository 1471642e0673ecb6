import Networks

/// Networks from .onnx files.
public enum ONNXModel {
    /// Sizes to try where a graph leaves the size open and does not take the one that was asked for.
    private static let usualSizes = [224, 299, 384, 512]

    /// Reads a graph. Where nobody tells what the network was trained to see, `Model.assumption` says what is guessed.
    ///
    /// - Parameters:
    ///   - path: of the .onnx file; files of external data may lie in its folder.
    ///   - size: of the picture, where the graph leaves it open; nil for 224×224.
    ///   - preprocessing: what the network was trained to see, given what is guessed; nil to leave it at that.
    ///   - labels: names for so many classes; nil for "class 0" and so on.
    ///   - weights: values for tensors that the file describes but does not hold; nil to request them all.
    public static func load(
        path: String, size: Network.Size? = nil, preprocessing: (_ guess: Preprocessing) -> Preprocessing? = { _ in nil },
        labels: (_ count: Int) throws(WeightsError) -> [String]? = { _ throws(WeightsError) in nil },
        weights: (any WeightStore)? = nil
    ) throws(WeightsError) -> Model {
        let graph = try ONNXGraph(path: path)
        let input = try graph.input()
        let imported = try network(graph, input, size: size, weights: weights)
        let network = imported.network
        // Where the network ends in a vector, that is classes.
        var names: [String]?
        if let count = imported.outputDims.last, count > 1, imported.outputDims.dropLast().allSatisfy({ $0 == 1 })
            || imported.outputDims.count == 4 && imported.outputDims[2...].allSatisfy({ $0 == 1 })
        {
            let classes = imported.outputDims.reduce(1, *)
            let given = try labels(classes)
            names = given?.count == classes ? given : (0..<classes).map { "class \($0)" }
        }
        var guess = guessed(input)
        if let only = network.onlySize {
            let side = min(only.height, only.width)
            guess.crop = side
            guess.resize = side * 256 / 224
        }
        let told = preprocessing(guess)
        var model = Model(
            name: path.split(separator: "/").last.map(String.init) ?? path, weightsSHA256: graph.sha256, network: network, preprocessing: told ?? guess, classNames: names)
        model.assumption = told == nil ? assumption(input) : nil
        return model
    }

    private static func network(
        _ graph: ONNXGraph, _ input: ONNXGraph.Input, size: Network.Size?, weights: (any WeightStore)?
    ) throws(WeightsError) -> ONNXGraph.Imported {
        let asked = size ?? Network.Size(height: 224, width: 224)
        func sized(_ size: Network.Size) -> Network.Size {
            Network.Size(height: input.height ?? size.height, width: input.width ?? size.width)
        }
        do {
            return try graph.network(input, size: sized(asked), replacement: weights)
        } catch {
            guard input.height == nil || input.width == nil else { throw error }
            for side in usualSizes {
                let usual = sized(Network.Size(height: side, width: side))
                if usual != sized(asked), let network = try? graph.network(input, size: usual, replacement: weights) { return network }
            }
            throw error
        }
    }

    /// PyTorch's networks mostly see ImageNet's mean and deviation taken away, TensorFlow's −1 to 1.
    private static func guessed(_ input: ONNXGraph.Input) -> Preprocessing {
        if input.isChannelsLast { return Preprocessing(range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1]) }
        if input.channels != 3 { return Preprocessing(range: [0, 1], mean: [0], std: [1]) }
        return Preprocessing(range: [0, 1], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
    }

    private static func assumption(_ input: ONNXGraph.Input) -> String {
        let what = input.isChannelsLast
            ? "values from -1 to 1 (its pictures are height, width, channels, as TensorFlow's)"
            : input.channels != 3 ? "values from 0 to 1 in \(input.channels == 1 ? "one channel" : "\(input.channels) channels")" : "values from 0 to 1 less ImageNet's mean, over its standard deviation"
        return "assuming that the network was trained on \(what); --mean, --std, --range and --bgr say otherwise"
    }
}
