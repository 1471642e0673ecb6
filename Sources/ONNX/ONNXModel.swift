import Networks

/// Networks from .onnx files.
public enum ONNXModel {
    /// Said of graphs of which not all inputs but the picture are held.
    public static let severalInputs = "hold all but the picture"

    /// Said of networks whose values are rounded to whole steps.
    static let straightThrough = "its values are rounded as they were for quantization; gradients pass straight through"

    /// Reads a graph. Where the preprocessing is guessed, `Model.assumption` tells the guess.
    ///
    /// - Parameters:
    ///   - path: of the .onnx file; files of external data may lie in its folder.
    ///   - size: of the picture, where the graph leaves it open; nil for 224×224.
    ///   - inputs: values of the graph's other inputs, none of them a file.
    ///   - preprocessing: gets a guess, and returns what the network was trained with; nil to accept the guess.
    ///   - labels: names for this number of classes; nil for "class 0" and so on.
    ///   - weights: values for tensors that the file describes but does not hold; nil to demand them all.
    public static func load(
        path: String, size: Network.Size? = nil, inputs: [GivenInput] = [], preprocessing: (_ guess: Preprocessing) -> Preprocessing? = { _ in nil },
        labels: (_ count: Int) throws(WeightsError) -> [String]? = { _ throws(WeightsError) in nil },
        weights: (any WeightStore)? = nil
    ) throws(WeightsError) -> Model {
        let graph = try ONNXGraph(path: path)
        let input = try graph.input(given: inputs)
        var guess = guessed(input)
        let told = preprocessing(guess)
        let given = HeldInputs(inputs, preprocessing: told ?? guess)
        let imported = try network(graph, input, given, size: size, weights: weights)
        var network = imported.network
        // A vector at the end is taken for classes.
        var names: [String]?
        if let dims = imported.outputDims, let count = dims.last, count > 1, dims.dropLast().allSatisfy({ $0 == 1 })
            || dims.count == 4 && dims[2...].allSatisfy({ $0 == 1 })
        {
            let classes = dims.reduce(1, *)
            let given = try labels(classes)
            names = given?.count == classes ? given : (0..<classes).map { "class \($0)" }
        }
        if names == nil { network.remarks.answers = imported.outputDims }
        guess = told ?? guess
        if let only = network.onlySize {
            let side = min(only.height, only.width)
            guess.crop = side
            guess.resize = side * 256 / 224
        }
        if !inputs.isEmpty { guess.inputs = inputs.map(\.note) }
        var model = Model(
            name: path.split(separator: "/").last.map(String.init) ?? path, weightsSHA256: graph.sha256, network: network,
            preprocessing: guess, hasItsOwnPreprocessing: false, classNames: names)
        model.assumption = told == nil ? assumption(input) : nil
        return model
    }

    private static func network(
        _ graph: ONNXGraph, _ input: ONNXGraph.Input, _ given: HeldInputs, size: Network.Size?, weights: (any WeightStore)?
    ) throws(WeightsError) -> ONNXGraph.Imported {
        let asked = size ?? Network.Size(height: 224, width: 224)
        var best: ONNXGraph.Imported?
        var failure: WeightsError?
        for candidate in sizes(near: asked, input) {
            do throws(WeightsError) {
                let imported = try graph.network(input, given, size: candidate, replacement: weights)
                if !imported.dependsOnSize { return imported }
                if imported.network.remarks.unread.count < best?.network.remarks.unread.count ?? .max { best = imported }
            } catch {
                if failure == nil { failure = error }
            }
        }
        if let best { return best }
        throw failure ?? WeightsError(file: graph.path, reason: "no size of the picture fits")
    }

    /// The size that was asked for, and where the graph leaves it open, those to try if a layer does not take it: the next multiples,
    /// the usual sizes, then every size that a dense layer may have been made for.
    private static func sizes(near asked: Network.Size, _ input: ONNXGraph.Input) -> [Network.Size] {
        let multiples = [8, 16, 32, 64, 128].map { multiple in
            func next(_ extent: Int) -> Int { max(extent + multiple - 1, multiple) / multiple * multiple }
            return Network.Size(height: next(asked.height), width: next(asked.width))
        }
        let sides = [224, 299, 384, 512, 227, 331, 518] + Array(stride(from: 8, through: 512, by: 8)) + Array(stride(from: 4, to: 128, by: 4))
            + Array(1..<64)
        var seen: Set<Network.Size> = []
        return ([asked] + multiples + sides.map { Network.Size(height: $0, width: $0) })
            .map { Network.Size(height: input.height ?? $0.height, width: input.width ?? $0.width) }
            .filter { seen.insert($0).inserted }
    }

    /// Most networks of PyTorch were trained on values less ImageNet's mean over its deviation, those of TensorFlow on −1 to 1.
    private static func guessed(_ input: ONNXGraph.Input) -> Preprocessing {
        if let range = input.range { return Preprocessing(range: range, mean: [0], std: [1]) }
        if input.isChannelsLast { return Preprocessing(range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1]) }
        if input.channels != 3 { return Preprocessing(range: [0, 1], mean: [0], std: [1]) }
        return Preprocessing(range: [0, 1], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
    }

    private static func assumption(_ input: ONNXGraph.Input) -> String {
        if let range = input.range { return "taking values from \(Int(range[0])) to \(Int(range[1])): \(input.reason)" }
        if input.isChannelsLast {
            let reason = "its pictures are height, width, channels, as TensorFlow's"
            return "assuming that the network was trained on values from -1 to 1 (\(reason))"
        }
        if input.channels == 3 {
            return "assuming that the network was trained on values from 0 to 1 less ImageNet's mean, over its standard deviation"
        }
        let channels = input.channels == 1 ? "one channel" : "\(input.channels) channels"
        return "assuming that the network was trained on values from 0 to 1 in \(channels)"
    }
}
