import Images
import ModelStore
import Networks
import Tensors

/// The classes that a network takes a photograph for.
public struct ClassificationSettings: SettingGroup {
    public var photo = ""
    public var top = 5
    public var reading = ReadingSettings()
    public var model = ModelSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", required: \.photo, "photo", "PNG or JPEG; - for standard input.").positional().reading()
        Setting("top", \.top, "n", "How many classes to print.", .at(least: 1))
        ReadingSettings.lifted(\.reading)
        ModelSettings.lifted(\.model)
    }

    /// A class with its probability.
    public struct Guess: Encodable, Sendable {
        public let index: Int
        public let label: String
        public let probability: Float
    }

    /// The likeliest classes, the first one first.
    public func guesses(_ session: Session, _ reporter: any Reporter) throws(Problem) -> [Guess] {
        let model = try session.model(model)
        guard let names = model.classNames else { throw try Session.noClasses(of: model) }
        let picture = try Picture.reading(photo, maximumPixels: reading.maxPixels)
        try model.report(to: reporter)
        return try probabilities(picture, model, workers: session.workers).enumerated()
            .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(top)
            .map { Guess(index: $0.offset, label: names[$0.offset], probability: $0.element) }
    }

    /// Softmax over the network's last layer for the middle of the picture.
    private func probabilities(_ picture: Picture, _ model: Model, workers: Workers) throws(Problem) -> [Float] {
        let preprocessing = model.preprocessing
        let scale = Double(preprocessing.resize) / Double(min(picture.width, picture.height))
        let resized = picture.composited(over: 1).resized(
            width: max(preprocessing.crop, Int(Double(picture.width) * scale)),
            height: max(preprocessing.crop, Int(Double(picture.height) * scale)))
        let square = resized.croppedToCentre(width: preprocessing.crop, height: preprocessing.crop)
        let image = Tensor(Shape(3, square.height, square.width), square.planes())
        let last = try model.layer(model.network.layerNames.last!)
        let network = try asProblem { () throws(WeightsError) in
            try PreparedNetwork(model.network, requests: [last: .all], preprocessing: preprocessing)
        }
        do {
            try network.check(height: square.height, width: square.width)
        } catch {
            throw .usage("\(model.name) cannot take \(square.width)x\(square.height) pixels: \(error)")
        }
        let pass = Pass(workers: workers)
        let scores = network.forward(image, pass, remembering: false)[last].values
        if model.network.endsInProbabilities { return scores.elements }
        return Softmax()([FeatureMap(scores)], pass).output.planes().elements
    }
}
