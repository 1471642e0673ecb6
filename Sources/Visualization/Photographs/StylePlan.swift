import Networks
import Tensors

/// Everything that a transfer of style depends on, and nothing else.
public struct StylePlan: Sendable, Codable, Equatable {
    /// A picture whose style is taken.
    public struct Style: Sendable, Codable, Equatable {
        /// A name in `pictures`.
        public var picture: String
        /// Its share among the styles.
        public var weight: Float
        /// Where the result takes this style: where this picture is white; nil for everywhere.
        public var mask: String?

        /// - Parameters:
        ///   - picture: a name in the plan's `pictures`, like the mask.
        ///   - weight: at least 0; shares need not sum up to 1.
        public init(picture: String, weight: Float = 1, mask: String? = nil) {
            self.picture = picture
            self.weight = weight
            self.mask = mask
        }
    }

    /// A layer with its share of a loss.
    public struct LayerWeight: Sendable, Codable, Equatable {
        /// The layer's name in the network.
        public var layer: String
        /// Its share, at least 0.
        public var weight: Float

        /// - Parameter weight: at least 0; shares need not sum up to 1.
        public init(_ layer: String, _ weight: Float = 1) {
            self.layer = layer
            self.weight = weight
        }
    }

    /// One of the sizes that the picture goes through.
    public struct Stage: Sendable, Codable, Equatable {
        /// Columns of pixels.
        public var width: Int
        /// Rows of pixels.
        public var height: Int
        /// Steps at this size.
        public var steps: Int

        /// - Parameters: in pixels.
        public init(width: Int, height: Int, steps: Int) {
            self.width = width
            self.height = height
            self.steps = steps
        }
    }

    /// The first picture.
    public enum Beginning: String, Sendable, Codable, CaseIterable {
        /// The photograph.
        case content
        /// White noise.
        case noise
        /// Another picture, `start`.
        case picture
    }

    /// The name by which the network is asked for.
    public var model: String
    /// SHA-256 of its weights file.
    public var weights: String
    /// The photograph, a name in `pictures`.
    public var content: String
    /// One at least. Their weights are shares of the whole style.
    public var styles: [Style]
    /// Where the content is compared.
    public var contentLayers: [LayerWeight]
    /// Where the styles are compared.
    public var styleLayers: [LayerWeight]
    /// Weight of the content's loss.
    public var contentWeight: Float
    /// Weight of the styles' loss.
    public var styleWeight: Float
    /// Weight of the mean squared difference of neighbouring pixels.
    public var totalVariation: Float
    /// From small to large; the last is the result's.
    public var stages: [Stage]
    /// The longer side of a style against the result's.
    public var styleScale: Float = 1
    /// The result has the content's colours: only its luma is drawn.
    public var keepColors = false
    /// The first picture of the smallest stage.
    public var beginning = Beginning.content
    /// The picture to begin from, a name in `pictures`.
    public var start: String?
    /// The rule for a step.
    public var optimizer: OptimizerChoice
    /// Size of a step.
    public var learningRate: Float
    /// How the learning rate changes within a stage.
    public var schedule: Schedule
    /// The seed of the noise to begin from.
    public var seed: UInt64
    /// Where max pooling sends its gradient.
    public var poolGradient: PoolGradient
    /// The algorithms that convolutions may use: their rounding differs.
    public var convolution: ConvolutionChoice
    /// The kernels that everything is computed with; nil for the fastest that the machine has.
    public var profile: NumericProfile?
    /// The network's input, where it is not the one that comes with the model's name.
    public var preprocessing: Preprocessing?
    /// SHA-256 of the pictures that are named here.
    public var pictures: [String: String] = [:]

    /// - Parameters: those of the fields with these names. Without a learning rate it is the usual one of the optimizer.
    public init(
        model: String, weights: String, content: String, styles: [Style], contentLayers: [LayerWeight],
        styleLayers: [LayerWeight], contentWeight: Float = Self.contentWeight, styleWeight: Float = Self.styleWeight,
        totalVariation: Float = Self.totalVariation, stages: [Stage], optimizer: OptimizerChoice = .adam,
        learningRate: Float? = nil, schedule: Schedule = .settle, seed: UInt64 = 0, poolGradient: PoolGradient = .winner,
        convolution: ConvolutionChoice = .auto, preprocessing: Preprocessing? = nil
    ) {
        self.model = model
        self.weights = weights
        self.content = content
        self.styles = styles
        self.contentLayers = contentLayers
        self.styleLayers = styleLayers
        self.contentWeight = contentWeight
        self.styleWeight = styleWeight
        self.totalVariation = totalVariation
        self.stages = stages
        self.optimizer = optimizer
        self.learningRate = learningRate ?? (optimizer.rule.comparesGradients ? optimizer.defaultLearningRate : Self.learningRate)
        self.schedule = schedule
        self.seed = seed
        self.poolGradient = poolGradient
        self.convolution = convolution
        self.preprocessing = preprocessing
    }

    /// The weights where none are given. Losses are relative to the target's own energy, so that they mean the same for
    /// every network, layer and size.
    public static let contentWeight: Float = 1
    /// Weight of the styles.
    public static let styleWeight: Float = 20
    /// Weight of the mean squared difference of neighbouring pixels.
    public static let totalVariation: Float = 1
    /// Weights that make sense: beyond, squares of gradients are no numbers any more.
    public static let weightBounds: ClosedRange<Float> = 0...1_000_000
    /// The learning rate of every optimizer but L-BFGS, for a picture in 0…1.
    public static let learningRate: Float = 0.03

    /// The result's, in pixels.
    public var width: Int { stages.last?.width ?? 0 }
    /// The result's, in pixels.
    public var height: Int { stages.last?.height ?? 0 }

    /// Over all stages.
    public var totalSteps: Int { stages.reduce(0) { $0 + $1.steps } }

    /// The layers that a style is usually taken from: the architecture's own, else layers spread over the depth.
    public static func usualLayers(of model: Model) -> (content: [LayerWeight], style: [LayerWeight]) {
        let (content, style) = model.architecture?.styleLayers ?? spread(over: model.network.stages.map(\.node))
        // The deeper a layer, the less its textures are the style's and the more they are its things: cups, eyes.
        let shares: [Float] = [1, 1, 1, 0.25, 0.05]
        return ([LayerWeight(content)], zip(style, shares).map { LayerWeight($0, $1) })
    }

    private static func spread(over stages: [String]) -> (content: String, style: [String]) {
        let last = stages.count - 1
        let style = (0..<5).map { stages[$0 * last * 3 / 16] }
        var seen: Set<String> = []
        return (stages[last / 2], style.filter { seen.insert($0).inserted })
    }
}
