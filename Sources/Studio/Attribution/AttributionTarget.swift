import Networks
import Tensors
import Visualization

/// The score that is explained.
struct AttributionTarget {
    /// In the expression language.
    let objective: String
    /// "goldfish (1)"
    let words: String
    /// For a file's name: "goldfish".
    let part: String
    /// The class, where it is one.
    let classNumber: Int?

    /// - Parameters:
    ///   - text: a class by name or number, "top" for the likeliest, LAYER:CHANNEL, or an expression.
    ///   - picture: `[channels, height, width]` in 0…1, for "top".
    init(_ text: String, model: Model, picture: Tensor, workers: Workers, setting: String) throws(Problem) {
        if text.contains("(") {
            (objective, words, part, classNumber) = (text, text, OutputNames.short(text), nil)
            return
        }
        if let (layer, name, channel) = try Self.channel(text, of: model, setting: setting) {
            let channels = model.network.channels(of: layer)
            guard let index = Int(channel) else { throw Self.channelIsMissing(name, channels, setting) }
            guard (0..<channels).contains(index) else {
                throw .usage("\(layer) of \(model.name) has the channels 0–\(channels - 1); there is no channel \(index)", setting: setting)
            }
            (objective, words) = (Objective.channel(name, index).text, text)
            (part, classNumber) = (OutputNames.safe(text), nil)
            return
        }
        guard let names = model.classNames else { throw try Session.noClasses(of: model) }
        let number: Int
        if text == "top" {
            number = try Self.likeliest(model, picture, workers)
        } else if let index = Int(text) {
            guard names.indices.contains(index) else {
                throw .usage("\(model.name) has the classes 0–\(names.count - 1); there is no class \(index)", setting: setting)
            }
            number = index
        } else {
            do { number = try classIndex(label: text, among: names, others: model.otherClassNames) } catch { throw .usage("\(model.name): \(error)", setting: setting) }
        }
        let name = names[number].split(separator: ",").first.map(String.init) ?? ""
        (objective, words, part) = (Objective.classLogit(number).text, "\(name) (\(number))", OutputNames.word(name))
        classNumber = number
    }

    /// A layer with its name and the text of its channel; nil where the text is about a class.
    ///
    /// - Throws: a usage problem where it names a layer that is not there, or a layer alone.
    private static func channel(
        _ text: String, of model: Model, setting: String
    ) throws(Problem) -> (layer: LayerName, name: String, channel: String)? {
        func isClass(_ text: String) -> Bool {
            guard let names = model.classNames else { return false }
            return (try? classIndex(label: text, among: names, others: model.otherClassNames)) != nil
        }
        func isLayer(_ name: String) -> Bool { (try? model.network.layer(named: name)) != nil }
        func looksLikeLayer(_ name: String) -> Bool { name.contains(".") && !name.contains(" ") }
        guard let colon = text.lastIndex(of: ":") else {
            guard text != "top", Int(text) == nil, isLayer(text) || looksLikeLayer(text), !isClass(text) else { return nil }
            throw channelIsMissing(text, model.network.channels(of: try model.layer(text, blaming: setting)), setting)
        }
        let (name, channel) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        let isNumbered = Int(channel) != nil
        if isNumbered, isLayer(name) { return (try model.layer(name, blaming: setting), name, channel) }
        guard !isClass(text), isLayer(name) || looksLikeLayer(name) || isNumbered && !isClass(name) else { return nil }
        return (try model.layer(name, blaming: setting), name, channel)
    }

    private static func channelIsMissing(_ layer: String, _ channels: Int, _ setting: String) -> Problem {
        .usage("\(layer) is a layer; add a channel, as in \(layer):\(min(5, channels - 1))", setting: setting)
    }

    private static func likeliest(_ model: Model, _ picture: Tensor, _ workers: Workers) throws(Problem) -> Int {
        let layer = model.network.logitsLayer
        let network = try asProblem { () throws(WeightsError) in
            try PreparedNetwork(model.network, requests: [layer: .all], preprocessing: model.preprocessing, sharing: model.preparedLayers)
        }
        try model.check(height: picture.shape.height, width: picture.shape.width)
        let scores = network.forward(picture, Pass(workers: workers), remembering: false)[layer].values
        let sums = scores.withElements { values in
            (0..<scores.shape.channels).map { channel in
                values[channel * scores.shape.area..<(channel + 1) * scores.shape.area].reduce(0.0) { $0 + Double($1) }
            }
        }
        return sums.indices.max { (sums[$0], -$0) < (sums[$1], -$1) }!
    }
}

extension Model {
    /// Whether the network takes pictures of this size.
    func check(height: Int, width: Int) throws(Problem) {
        do { _ = try network.shapes(forHeight: height, width: width) } catch {
            throw .usage("\(name) cannot take \(width)x\(height) pixels: \(error)")
        }
    }

    /// The deepest layer with positions that a target comes from: of a class the one whose channels it is linear in, where that has
    /// positions, or the last before it that has; of a channel the stage before its layer.
    func layer(explaining target: AttributionTarget, height: Int, width: Int) throws(Problem) -> LayerName {
        let shapes: [String: Shape]
        do {
            shapes = Dictionary(uniqueKeysWithValues: try network.shapes(forHeight: height, width: width).map { ($0.layer.node, $0.shape) })
        } catch {
            throw .usage("\(name) cannot take \(width)x\(height) pixels: \(error)")
        }
        let nodes = network.nodes
        guard target.classNumber != nil else {
            let objective: Objective
            do { objective = try Objective(parsing: target.objective, labels: classNames, otherNames: otherClassNames) } catch {
                throw .usage("\(target.objective): \(error)", setting: "target")
            }
            let asked = objective.requests.keys.compactMap { name in
                name == Objective.logitsLayer ? network.logitsLayer.node : (try? network.layer(named: name))?.node
            }
            let first = nodes.firstIndex { asked.contains($0.name) } ?? nodes.count
            let names = nodes[..<first].map(\.name)
            if let stage = network.stages.last(where: { names.contains($0.node) }) { return stage }
            throw .usage("there is no layer before \(target.words) to explain it by; name one with \(setting: "layer"), or another \(setting: "method")")
        }
        // In the last block of a transformer only the class token is read: the patches' part comes through its attention.
        if let block = nodes.last(where: { $0.name.hasSuffix(".ln_1") }) { return try layer(block.name) }
        var index = nodes.firstIndex { $0.name == (network.classifierHead?.features ?? network.logitsLayer).node }!
        while let shape = shapes[nodes[index].name], shape.area == 1 {
            guard let before = nodes[index].inputs.first, before >= 0 else {
                throw .usage("\(name) has no layer with positions before its classes; try \(setting: "method") integrated")
            }
            index = before
        }
        return try layer(nodes[index].name)
    }
}
