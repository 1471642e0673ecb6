import Networks
import Tensors

/// Everything that a picture's bytes depend on, the seed included, and nothing else: no time, path or number of threads. A
/// picture's record holds it, so that the picture can be made again. A field that is optional or marked as added may be missing there:
/// the plan is an earlier version's.
public struct RenderPlan: Sendable, Codable, Equatable {
    /// The name by which the network is asked for.
    public var model: String
    /// SHA-256 of its weights file.
    public var weights: String
    /// In the expression language.
    public var objective: String
    /// The picture's, in pixels.
    public var width: Int
    /// The picture's, in pixels.
    public var height: Int
    /// Steps uphill, those of the stages included.
    public var steps: Int
    /// The seed of all random numbers.
    public var seed: UInt64
    /// How the picture is written in numbers.
    public var parameterization: ParameterizationName
    /// The power with which the Fourier image's amplitudes fall with frequency.
    public var decayPower: Float
    /// The energy is that of a power of 1; nil where a power changes it as well, as until version 0.3.
    public var evenDecay: Bool?
    /// Optimise decorrelated colours instead of RGB.
    public var decorrelate: Bool
    /// In the language of transforms.
    public var transforms: String
    /// The rule for a step.
    public var optimizer: OptimizerChoice
    /// Size of a step.
    public var learningRate: Float
    /// How the learning rate changes on the way.
    @Added public var schedule: Schedule
    /// The rectifiers' gradient: `redirected` in the first `redirectedSteps` steps and `plain` afterwards, the
    /// others throughout.
    public var rectifier: RectifierGradient
    /// The algorithms that convolutions may use: their rounding differs.
    @Added public var convolution: ConvolutionChoice
    /// The kernels that everything is computed with; nil for the fastest that the machine has.
    public var profile: NumericProfile?
    /// Smaller sizes to begin with; the plan's own follows them.
    @Added public var stages = StageList.none
    /// The most that the picture's spectrum may hold; nil for no bound.
    public var spectrumBound: SpectrumLimits?
    /// Penalties on the picture, as shares of the score's own gradient.
    @Added public var penalties: [Penalty] = []
    /// Pictures that are drawn together.
    @Added public var count = 1
    /// They share their coarse parts, so that they line up.
    @Added public var shared = false
    /// They begin from the same noise, so that they line up.
    @Added public var aligned = false
    /// The picture has an opacity.
    @Added public var alpha = false
    /// Draws of the transforms a step, whose gradients are averaged.
    @Added public var crops = 1
    /// Where max pooling sends its gradient.
    @Added public var poolGradient = PoolGradient.winner
    /// The longest that the gradient of the parameters may be.
    public var clipGradient: Float?
    /// The gradient at a picture is brought to a root mean square of 1.
    @Added public var normalizeGradient = false
    /// The render ends once the mean score of 50 steps is within this share of the 50 before: the rule until version
    /// 0.2.
    public var untilConverged: Float?
    /// The render ends once the picture's structure has changed by less than this share over 50 steps: one less its correlation.
    public var untilStill: Float?
    /// The extents that the finished picture is written in, where a canvas can be drawn at any; nil for its own.
    public var outputSize: Network.Size?
    /// The picture to start from, a name in `pictures`.
    public var start: String?
    /// Where it is black the picture stays what it was, a name in `pictures`.
    public var mask: String?
    /// SHA-256 of the files of the pictures that are named here or in the objective. A name is a file's without its folder.
    @Added public var pictures: [String: String] = [:]
    /// The magnitudes of MaCo; nil for those of natural images.
    public var spectrum: MagnitudeSpectrum?
    /// The network's input, where it is not the one that comes with the model's name.
    public var preprocessing: Preprocessing?

    /// Lucid's number of steps with redirected gradients.
    public static let redirectedSteps = 16

    /// An objective that lowers the score by a share of the score's gradient at the picture:
    ///
    ///     g ← g − share · ‖g‖ / ‖p‖ · p,   p the penalty's gradient at the picture
    public struct Penalty: Sendable, Codable, Equatable {
        /// In the expression language, about the picture alone: "total_variation()".
        public var objective: String
        /// The share of the score's gradient; below 0 the penalty is a reward.
        public var share: Float

        /// - Parameter share: below 0 for a reward.
        public init(objective: String, share: Float) {
            self.objective = objective
            self.share = share
        }
    }

    /// - Parameters: those of the fields with these names. Without a learning rate it is the canvas's for the optimizer.
    public init(
        model: String, weights: String, objective: String, width: Int = 224, height: Int = 224, steps: Int = 512,
        seed: UInt64 = 0, parameterization: ParameterizationName = .fft, decayPower: Float = 1,
        decorrelate: Bool = true, transforms: String = TransformChain.standard.text,
        optimizer: OptimizerChoice = .adam, learningRate: Float? = nil,
        schedule: Schedule = .settle, rectifier: RectifierGradient = .redirected,
        convolution: ConvolutionChoice = .auto, preprocessing: Preprocessing? = nil
    ) {
        self.model = model
        self.weights = weights
        self.objective = objective
        self.width = width
        self.height = height
        self.steps = steps
        self.seed = seed
        self.parameterization = parameterization
        self.decayPower = decayPower
        self.decorrelate = decorrelate
        self.transforms = transforms
        self.optimizer = optimizer
        self.learningRate = learningRate ?? parameterization.canvas.defaultLearningRate(of: optimizer)
        self.schedule = schedule
        self.rectifier = rectifier
        self.convolution = convolution
        self.preprocessing = preprocessing
    }

    /// The rectifiers' gradient at a step counted from 0.
    func rectifier(atStep step: Int) -> RectifierGradient {
        rectifier == .redirected && step >= Self.redirectedSteps ? .plain : rectifier
    }
}
