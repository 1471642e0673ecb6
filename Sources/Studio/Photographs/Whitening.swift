import Analysis
import Images
import Networks
import Tensors
import Visualization

/// Takes the correlations of a layer's channels on photographs out of a direction: v′ = C⁻¹v, C the covariance of the
/// activations over all positions (the whitened directions of activation atlases).
struct Whitening {
    private let covariance: SquareMatrix

    /// - Parameters:
    ///   - photos: a folder.
    ///   - maximumPixels: of a photograph.
    init(_ model: Model, _ layer: LayerName, photos: String, maximumPixels: Int, workers: Workers) throws(Problem) {
        let network = try asProblem {
            try PreparedNetwork(model.network, requests: [layer: .all], preprocessing: model.preprocessing)
        }
        let channels = model.network.channels(of: layer)
        var moments = Moments(channels: channels)
        for path in try picturePaths(in: photos) {
            let whole = try Picture.reading(path, maximumPixels: maximumPixels)
            let picture = whole.composited(over: 0.5).fitted(width: 224, height: 224)
            let image = try picture.tensor(channels: model.network.inputChannels, name: path)
            let trace = network.forward(image, Pass(workers: workers), remembering: false)
            moments.add(trace[layer].values)
        }
        guard moments.count > channels else {
            throw .usage("\(setting: "whiten"): \(photos) gives \(moments.count) positions of \(channels) channels; add photographs")
        }
        covariance = moments.covariance
    }

    /// The whitened direction.
    func callAsFunction(_ direction: Direction) throws(Problem) -> Direction {
        guard let whitened = covariance.whitened(direction) else {
            throw Problem(.failed, "\(setting: "whiten"): the covariance of the activations cannot be inverted; add photographs")
        }
        return whitened
    }
}
