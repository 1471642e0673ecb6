import Analysis
import Networks
import Tensors

/// Everything that a map of a photograph depends on.
public struct AttributionPlan: Sendable, Codable, Equatable {
    /// The name by which the network is asked for.
    public var model: String
    /// SHA-256 of the network's weights.
    public var weights: String
    /// The network's input, where it is not the one that comes with the model's name.
    public var preprocessing: Preprocessing?
    /// The algorithms that convolutions may use: their rounding differs.
    public var convolution = ConvolutionChoice.auto
    /// The kernels that everything is computed with; nil for the fastest that the machine has.
    public var profile: NumericProfile?
    /// The photograph, a name in `pictures`.
    public var photo: String
    /// SHA-256 of the photograph's file, by its name.
    public var pictures: [String: String]
    /// The score that is explained, in the expression language.
    public var objective: String
    /// The same for people.
    public var words: String
    /// The method with its numbers.
    public var recipe = Attribution.Recipe()
    /// The layer of a map over positions; nil of one over pixels.
    public var layer: String?
    /// The deeper layer whose positions are explained by those of `layer`, each by itself; nil where a score is explained.
    public var from: String?
    /// The picture without evidence that the photograph is compared with, where the method compares.
    public var baseline = AttributionBaseline.mean
    /// The photographs that are the baseline, names in `pictures`; nil of other baselines.
    public var baselinePhotos: [String]?
    /// What the values are added up over; nil for channels, which leaves positions.
    public var by: AttributionView?
    /// Pictures of the layer's channels, on a sheet.
    public var icons: IconSheet?
    /// The value whose colour is the strongest; nil for the map's own.
    public var limit: Float?

    /// The names of all photographs.
    var photoNames: [String] { [photo] + (baselinePhotos ?? []) + [icons?.picture].compactMap { $0 } }

    init(_ model: Model, photo: String, digests: [String: String], objective: String, words: String) {
        (self.model, weights, self.photo, pictures) = (model.name, model.weightsSHA256, photo, digests)
        (self.objective, self.words) = (objective, words)
        preprocessing = model.hasItsOwnPreprocessing ? nil : model.preprocessing
    }
}
