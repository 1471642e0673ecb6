import Analysis
import Files
import Images
import Networks
import Tensors
import Visualization

/// The network of a scan, and what it answers to a photograph.
struct ScanNetwork {
    let model: Model
    let layers: [LayerName]
    /// Each layer's output.
    let shapes: [Shape]
    let bins: [ActivationBins]
    private let lattices: [[Int]]
    private let network: PreparedNetwork
    /// The layer that says the classes, where the network is to.
    private let classifier: LayerName?
    private let maximumPixels: Int

    /// - Parameter names: of layers.
    init(_ model: Model, layers names: [String], predicts: Bool, maximumPixels: Int, workers: Workers) throws(Problem) {
        guard [1, 3].contains(model.network.inputChannels) else {
            throw .usage("\(model.name) takes pictures of \(model.network.inputChannels) channels, which no photograph has", setting: "model")
        }
        self.model = model
        self.maximumPixels = maximumPixels
        var layers: [LayerName] = []
        for name in names {
            let layer = try model.layer(name)
            guard !layers.contains(layer) else { throw .usage("\(setting: "layers") names \(layer.node) twice", setting: "layers") }
            layers.append(layer)
        }
        self.layers = layers
        classifier = predicts ? try model.layer(model.network.layerNames.last!) : nil
        if predicts, model.classNames == nil { throw try Session.noClasses(of: model) }
        let wanted = Set(layers + [classifier].compactMap { $0 })
        network = try asProblem { () throws(WeightsError) in
            try PreparedNetwork(
                model.network, requests: Dictionary(uniqueKeysWithValues: wanted.map { ($0, ActivationRequest.all) }),
                preprocessing: model.preprocessing, sharing: model.preparedLayers)
        }
        let side = model.preprocessing.crop
        do {
            try network.check(height: side, width: side)
        } catch {
            throw .usage("\(model.name) cannot take \(side) pixels: \(error)")
        }
        try model.network.checkMemory(for: wanted, seeing: Network.Size(height: side, width: side), advice: "try fewer layers")
        // How large a layer's values are is found out on noise, which is the same for every part of a scan.
        var largest = [Float](repeating: 0, count: layers.count)
        var shapes = [Shape](repeating: Shape(0, 0, 0), count: layers.count)
        for probe in Self.probes(channels: model.network.inputChannels, side: side) {
            let trace = network.forward(probe, Pass(workers: workers), remembering: false)
            for (index, layer) in layers.enumerated() {
                let values = trace[layer].values
                shapes[index] = values.shape
                largest[index] = max(largest[index], values.withElements { $0.reduce(0) { max($0, abs($1)) } })
            }
        }
        self.shapes = shapes
        bins = largest.map { ActivationBins(holding: $0) }
        lattices = shapes.map { $0.channels <= LayerTotals.mostChannelsOfProducts ? ScanPositions.lattice(height: $0.height, width: $0.width) : [] }
    }

    /// Noise of squares of several sizes.
    private static func probes(channels: Int, side: Int) -> [Tensor] {
        let seed: UInt64 = 0
        return [1, 4, 16, 64].map { square in
            var generator = RandomGenerator(seed: seed + UInt64(square))
            let across = (side + square - 1) / square
            let colours = (0..<channels * across * across).map { _ in generator.uniform() }
            return Tensor(
                Shape(channels, side, side),
                (0..<channels * side * side).map { index in
                    let (channel, y, x) = (index / (side * side), index / side % side, index % side)
                    return colours[(channel * across + y / square) * across + x / square]
                })
        }
    }

    /// A photograph as the network is shown it.
    struct Seen: Sendable {
        let image: Tensor
        let sha256: [UInt8]
        let thumbnail: Int64
    }

    /// What is kept of one photograph.
    struct Answer: Sendable {
        let summaries: [PhotographSummary]
        /// By the network; nil where it is not asked.
        let predicted: Int32?
        let sha256: [UInt8]
        let thumbnail: Int64
    }

    /// Pixels of the photograph's shorter side, as decoded, for each of those that are seen: fewer would change what is seen.
    private static let decodedPerSeen = 2

    /// Reads a photograph.
    func see(_ path: String) throws(Problem) -> Seen {
        let bytes = try StandardInput.bytes(of: path)
        let shorterSide = Self.decodedPerSeen * model.preprocessing.resize
        let photo = try decoding(atMost: maximumPixels) { try Picture.decode(bytes, name: path, maximumPixels: $0, shorterSide: shorterSide) }
        let square = ClassifiedSquare(photo, model).picture
        let image = try square.tensor(channels: model.network.inputChannels, name: path)
        return Seen(image: image, sha256: sha256Bytes(of: bytes), thumbnail: square.thumbnailHash)
    }

    /// Shows a photograph to the network.
    ///
    /// - Parameters:
    ///   - samples: how many positions of each layer are kept.
    ///   - histograms: of each layer, counted on.
    /// - Throws: if the network has gone astray.
    func answer(
        _ seen: Seen, _ path: String, photograph: Int, samples: Int, seed: UInt64, histograms: inout [[UInt32]]
    ) throws(Problem) -> Answer {
        let trace = network.forward(seen.image, Pass(workers: .one), remembering: false)
        var summaries: [PhotographSummary] = []
        for (index, layer) in layers.enumerated() {
            let values = trace[layer].values
            let positions = ScanPositions.random(samples, of: values.shape.area, photograph: photograph, layer: index, seed: seed)
            guard let summary = PhotographSummary(
                values, bins[index], lattice: lattices[index], samples: positions, histogram: &histograms[index])
            else {
                throw Problem(.failed, "\(model.name): \(layer.node) answers \(path) with numbers that are not finite, or out of all proportion; check the weights")
            }
            summaries.append(summary)
        }
        let predicted = classifier.map { layer in
            trace[layer].values.withElements { scores in Int32(scores.indices.max { (scores[$0], -$0) < (scores[$1], -$1) } ?? 0) }
        }
        return Answer(summaries: summaries, predicted: predicted, sha256: seen.sha256, thumbnail: seen.thumbnail)
    }
}

extension Picture {
    private static let thumbnailSide = 8

    /// Which of 8×8 cells are lighter than their mean, row by row from the lowest bit: near copies differ in few.
    var thumbnailHash: Int64 {
        let side = Self.thumbnailSide
        let planes = resized(width: side, height: side).planes()
        let area = side * side
        let lightness = (0..<area).map { 0.299 * planes[$0] + 0.587 * planes[area + $0] + 0.114 * planes[2 * area + $0] }
        let mean = lightness.reduce(0, +) / Float(area)
        return Int64(bitPattern: lightness.enumerated().reduce(0) { $0 | ($1.element > mean ? 1 << UInt64($1.offset) : 0) })
    }
}
