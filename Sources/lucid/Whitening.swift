import Analysis
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
    init(_ model: Model, _ layer: LayerName, photos: String, maximumPixels: Int, workers: Workers) throws(Failure) {
        let network: PreparedNetwork
        do {
            network = try PreparedNetwork(model.network, demands: [layer: .all], preprocessing: model.preprocessing)
        } catch {
            throw Failure(error)
        }
        let channels = model.network.channels(of: layer)
        var moments = Moments(channels: channels)
        for path in try PictureSource.picturePaths(in: photos) {
            let whole = try PictureSource.read(path, maximumPixels: maximumPixels)
            let picture = PictureSource.fitted(whole.composited(over: 0.5), width: 224, height: 224)
            let image = Tensor(Shape(3, 224, 224), picture.planes())
            let trace = network.forward(image, Pass(workers: workers), remembering: false)
            moments.add(trace[layer].values)
        }
        guard moments.count > channels else {
            throw .usage("--whiten: \(photos) gives \(moments.count) positions of \(channels) channels; add photographs")
        }
        covariance = moments.covariance
    }

    /// The whitened direction.
    func callAsFunction(_ direction: Direction) throws(Failure) -> Direction {
        guard let whitened = covariance.whitened(direction) else {
            throw Failure(70, "--whiten: the covariance of the activations cannot be inverted; add photographs")
        }
        return whitened
    }
}
