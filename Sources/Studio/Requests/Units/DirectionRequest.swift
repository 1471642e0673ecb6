import Files
import Networks
import Visualization

/// A direction in a layer's channels: a weighted mix of them.
public struct DirectionRequest: RenderRequest {
    public var model = ModelSettings()
    public var layer = ""
    public var channels: String?
    public var vector: String?
    public var cossimPow: Float = 0
    public var whiten: String?
    public var neuron = false
    public var position = PositionSettings()
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "direction"
    static let climbsUnits = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("channels", \.channels, "list", "Channels with their weights, e.g. \"5:1,10:-0.5\"; 1 where none is given.").called("index")
        Setting("vector", \.vector, "file", "A weight for every channel, in NumPy's format (.npy).").reading()
        Setting("cossim-pow", \.cossimPow, "p", "The power of the cosine at each position, 0 to 16, in the place of that of the means.", .from(0, to: 16))
        Setting("whiten", \.whiten, "path", "Whiten by the layer's activations on a folder of photographs, or by a scan of them.").reading(.readsFolder)
        Setting("neuron", flag: \.neuron, "Raise it at one position (x and y, by default the middle) instead of everywhere.")
        PositionSettings.lifted(\.position)
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) {
        guard (channels == nil) != (vector == nil) else {
            throw .usage("give the direction by \(setting: "channels") or by \(setting: "vector")")
        }
        if render.cosinePower != nil, neuron || cossimPow > 0 {
            throw .usage("\(setting: "cosine-power") is for the means of channels; with \(setting: "neuron") or \(setting: "cossim-pow") there are none")
        }
        guard neuron || position.x == nil && position.y == nil else {
            throw .usage("\(setting: "x") and \(setting: "y") need \(setting: "neuron")")
        }
        try checkCommon()
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let drawing = try drawing(session)
        let name = try drawing.model.layer(layer)
        var direction = try direction(drawing.model.network.channels(of: name))
        if let whiten {
            let whitening = isFile(whiten)
                ? try Whitening(drawing.model, name, scan: whiten)
                : try Whitening(
                    drawing.model, name, photos: whiten, maximumPixels: render.reading.maxPixels, workers: session.workers, notes: session.notes)
            direction = try whitening(direction)
        }
        let objective: Objective
        if neuron {
            objective = .directionNeuron(layer, direction, x: position.x, y: position.y, cosinePower: cossimPow)
        } else if cossimPow == 0, render.cosinePower() > 0 {
            objective = .directionCosine(
                layer, direction, power: render.cosinePower(), of: render.part(of: layer, in: drawing.model.network))
        } else {
            objective = .direction(layer, direction, cosinePower: cossimPow)
        }
        return try drawing.jobs(
            [.init(objective: objective, parts: drawing.parts(layer: layer, kind: "\(Self.command)_\(OutputNames.short(objective.text))"))], label: "\(layer), a direction")
    }

    /// - Parameter count: the layer's channels.
    private func direction(_ count: Int) throws(Problem) -> Direction {
        if let channels { return try Self.direction(channels, layer, count) }
        let file = vector!
        let array = try asProblem { () throws(WeightsError) in try NumPyArray(path: file) }
        guard array.values.count == count else {
            throw .badData("\(file) holds \(array.values.count) numbers, and \(layer) has \(count) channels", setting: "vector")
        }
        let direction = Direction(array.values)
        guard !direction.weights.isEmpty else { throw .badData("\(file) holds zeros only, which lead nowhere", setting: "vector") }
        return direction
    }

    /// "5:1,10:-0.5", or "5,10" for weights of 1.
    private static func direction(_ list: String, _ layer: String, _ count: Int) throws(Problem) -> Direction {
        var weights: [Int: Float] = [:]
        for word in list.split(separator: ",") {
            let parts = word.split(separator: ":").map { $0.filter { $0 != " " } }
            guard parts.count <= 2, let channel = Int(parts[0]), let weight = parts.count == 1 ? 1 : Float(parts[1]), weight.isFinite,
                weights[channel] == nil
            else { throw .usage("\(setting: "channels"): \"\(word)\" is not a channel with its weight such as 5:1") }
            guard (0..<count).contains(channel) else {
                throw .usage("\(layer) has the channels 0–\(count - 1); there is no channel \(channel)", setting: "channels")
            }
            weights[channel] = weight
        }
        let direction = Direction(weights)
        guard !direction.weights.isEmpty else { throw .usage("\(setting: "channels"): a direction of zeros leads nowhere") }
        return direction
    }
}
