import Networks
import Tensors

/// Everything that a dream depends on, and nothing else.
public struct DreamPlan: Sendable, Codable, Equatable {
    /// The name by which the network is asked for.
    public var model: String
    /// SHA-256 of its weights file.
    public var weights: String
    /// The objective, in the expression language.
    public var objective: String
    /// The photograph, a name in `pictures`; nil to begin from noise.
    public var photo: String?
    /// The result's, in pixels.
    public var width: Int
    /// The result's, in pixels.
    public var height: Int
    /// Sizes that the picture goes through, from small to large.
    public var octaves: Int
    /// From one octave to the next.
    public var octaveScale: Float
    /// Steps in each octave.
    public var iterations: Int
    /// How far a step goes where the gradient has its mean magnitude; of a picture in 0…1.
    public var stepSize: Float
    /// Pixels by which the picture is rolled at most before each step, both ways.
    public var jitter: Int
    /// The side of the tiles that the network sees; nil where it sees the whole picture.
    public var tile: Int?
    /// How much of the difference to the photograph is kept at the end.
    public var strength: Float = 1
    /// Weight of the total variation's gradient against the objective's, whose mean magnitude counts as 1.
    public var totalVariation: Float = 0
    /// Where it is black the picture stays what it was, a name in `pictures`.
    public var mask: String?
    /// The seed of the rolling, and of the noise to begin from.
    public var seed: UInt64
    /// The noise to begin from has the spectrum and the colours of photographs; nil for white noise, as version 0.2 drew it.
    public var naturalNoise: Bool?
    /// The rectifiers' gradient.
    public var rectifier: RectifierGradient
    /// Where max pooling sends its gradient.
    public var poolGradient: PoolGradient
    /// The algorithms that convolutions may use: their rounding differs.
    public var convolution: ConvolutionChoice
    /// The kernels that everything is computed with; nil for the fastest that the machine has.
    public var profile: NumericProfile?
    /// The network's input, where it is not the one that comes with the model's name.
    public var preprocessing: Preprocessing?
    /// SHA-256 of the pictures that are named here or in the objective.
    public var pictures: [String: String] = [:]
    /// The place in a sequence, from 0; such a frame depends on the ones before it.
    public var frame: Int?
    /// The enlargement from frame to frame of a flight into the dream; nil for the frames of a film.
    public var zoom: Float?
    /// The share b of the previous frame's dream that this one begins with. Its own steps are √(1 − b) as long, with which a
    /// sequence stays about as strong as a single picture, measured on a panning photograph.
    public var carried: Float = 0

    /// The numbers of google/deepdream's notebook, whose pictures are in 0…255 and whose step is 1.5.
    public init(
        model: String, weights: String, objective: String, photo: String?, width: Int, height: Int, octaves: Int = 4,
        octaveScale: Float = 1.4, iterations: Int = 10, stepSize: Float = 1.5 / 255, jitter: Int = 32, seed: UInt64 = 0,
        rectifier: RectifierGradient = .plain, poolGradient: PoolGradient = .winner, convolution: ConvolutionChoice = .auto,
        preprocessing: Preprocessing? = nil
    ) {
        self.model = model
        self.weights = weights
        self.objective = objective
        self.photo = photo
        self.width = width
        self.height = height
        self.octaves = octaves
        self.octaveScale = octaveScale
        self.iterations = iterations
        self.stepSize = stepSize
        self.jitter = jitter
        self.seed = seed
        self.rectifier = rectifier
        self.poolGradient = poolGradient
        self.convolution = convolution
        self.preprocessing = preprocessing
    }

    /// Steps over all octaves.
    public var steps: Int { octaves * iterations }

    /// The extents of the octaves, the smallest first. Each is the next one's divided by the scale and rounded, as the
    /// notebook's repeated zooming makes them.
    public var octaveSizes: [Network.Size] {
        var sizes = [Network.Size(height: height, width: width)]
        func smaller(_ side: Int) -> Int { max(1, Int((Double(side) / Double(octaveScale)).rounded(.toNearestOrEven))) }
        for _ in 1..<max(octaves, 1) {
            sizes.append(Network.Size(height: smaller(sizes.last!.height), width: smaller(sizes.last!.width)))
        }
        return sizes.reversed()
    }

    /// Enlargements from frame to frame that make sense.
    public static let zoomBounds: ClosedRange<Float> = 1...4

    /// The objective held against the network and an extent that it must be able to see.
    func boundObjective(at size: Network.Size, model: Model) throws(RenderError) -> BoundObjective {
        var plan = RenderPlan(
            model: self.model, weights: weights, objective: objective, width: size.width, height: size.height, transforms: "none")
        plan.mask = mask
        return try BoundObjective(plan, model: model)
    }
}
