import Analysis
import Networks
import Tensors

/// Everything that a map of a photograph depends on.
public struct AttributionPlan: Sendable, Codable, Equatable {
    public var model: String
    /// SHA-256 of the network's weights.
    public var weights: String
    /// The network's input, where it is not the one that comes with the model's name.
    public var preprocessing: Preprocessing?
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
    public var method: AttributionMethod
    /// The layer of a map over positions; nil of one over pixels.
    public var layer: String?
    public var baseline = AttributionBaseline.mean
    /// Points of a path.
    public var steps = 50
    public var rule = PathRule.gauss
    /// Noisy copies, or masks.
    public var samples = 50
    /// The deviation of their noise, as a share of the range of a pixel.
    public var noise: Float = 0.15
    /// The side of a patch that is covered, in pixels of the network's picture.
    public var patch = 32
    public var seed: UInt64 = 0
    /// The value whose colour is the strongest; nil for the map's own.
    public var limit: Float?

    init(_ model: Model, photo: String, digests: [String: String], objective: String, words: String, method: AttributionMethod) {
        (self.model, weights, self.photo, pictures) = (model.name, model.weightsSHA256, photo, digests)
        (self.objective, self.words, self.method) = (objective, words, method)
        preprocessing = model.hasItsOwnPreprocessing ? nil : model.preprocessing
    }

    /// How the method goes about it.
    ///
    /// - Parameter layer: the plan's.
    func recipe(_ layer: LayerName?) -> Attribution.Recipe {
        var recipe = Attribution.Recipe(method, layer: layer)
        (recipe.steps, recipe.rule, recipe.samples, recipe.noise) = (steps, rule, samples, noise)
        (recipe.patch, recipe.seed) = (patch, seed)
        return recipe
    }
}
