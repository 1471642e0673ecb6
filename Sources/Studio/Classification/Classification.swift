import Images
import ModelStore
import Networks
import Tensors

/// The classes that a network takes photographs for.
public struct ClassificationSettings: SettingGroup {
    /// Paths of the photographs; "-" for standard input.
    public var photos: [String] = []
    /// Classes of each photograph, the likeliest first.
    public var top = 5
    /// The largest photograph that is read.
    public var reading = ReadingSettings()
    /// The network.
    public var model = ModelSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photos", list: \.photos, "photos", "Photographs, PNG, JPEG, TIFF, WebP …; - for standard input.").positional().reading().required()
        Setting("top", \.top, "n", "How many classes to print.", .at(least: 1))
        ReadingSettings.lifted(\.reading)
        ModelSettings.lifted(\.model)
    }

    /// A class with its probability.
    public struct Guess: Encodable, Sendable {
        /// The photograph's file.
        public let photo: String
        /// The class's number, from 0.
        public let index: Int
        /// The class's name.
        public let label: String
        /// 0…1
        public let probability: Float
    }

    /// Tells the likeliest classes of each photograph, the first one first.
    public func classify(
        _ session: Session, _ reporter: any Reporter, tell: ([Guess]) throws(Problem) -> Void
    ) throws(Problem) {
        let model = try session.model(model)
        guard let names = model.classNames else { throw try Session.noClasses(of: model) }
        let last = try model.layer(model.network.layerNames.last!)
        let network = try asProblem { () throws(WeightsError) in
            try PreparedNetwork(model.network, requests: [last: .all], preprocessing: model.preprocessing)
        }
        for (number, photo) in photos.enumerated() {
            if session.isCancelled() { throw .interrupted }
            let picture = try Picture.reading(photo, maximumPixels: reading.maxPixels)
            if number == 0 { try model.report(to: reporter) }
            let guesses = try probabilities(picture, model, network, last, workers: session.workers).enumerated()
                .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(top)
                .map { Guess(photo: photo, index: $0.offset, label: names[$0.offset], probability: $0.element) }
            try tell(Array(guesses))
        }
    }

    /// Softmax over the network's last layer for the middle of the picture.
    private func probabilities(
        _ picture: Picture, _ model: Model, _ network: borrowing PreparedNetwork, _ last: LayerName, workers: Workers
    ) throws(Problem) -> [Float] {
        let square = ClassifiedSquare(picture, model).picture
        let image = try square.tensor(channels: model.network.inputChannels, name: model.name)
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
