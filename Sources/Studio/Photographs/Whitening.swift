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
    ///   - notes: gets what is left out.
    init(_ model: Model, _ layer: LayerName, photos: String, maximumPixels: Int, workers: Workers, notes: Notes) throws(Problem) {
        let network = try asProblem {
            try PreparedNetwork(model.network, requests: [layer: .all], preprocessing: model.preprocessing)
        }
        let channels = model.network.channels(of: layer)
        var moments = Moments(channels: channels)
        let pictures = try PictureFolder(photos, maximumPixels: maximumPixels)
        notes.add(try pictures.forEach { picture, path throws(Problem) in
            let image = try picture.fitted(width: 224, height: 224).tensor(channels: model.network.inputChannels, name: path)
            let trace = network.forward(image, Pass(workers: workers), remembering: false)
            moments.add(trace[layer].values)
        })
        guard moments.count > channels else {
            throw .usage("\(setting: "whiten"): \(photos) gives \(moments.count) positions of \(channels) channels; add photographs")
        }
        covariance = moments.covariance
    }

    /// - Parameter scan: a file.
    init(_ model: Model, _ layer: LayerName, scan path: String) throws(Problem) {
        let scan = try ScanFile(path)
        try scan.check(model)
        covariance = try scan.covariance(of: layer)
    }

    /// The whitened direction.
    func callAsFunction(_ direction: Direction) throws(Problem) -> Direction {
        guard let whitened = covariance.whitened(direction) else {
            throw Problem(.failed, "\(setting: "whiten"): the covariance of the activations cannot be inverted; add photographs")
        }
        return whitened
    }
}
