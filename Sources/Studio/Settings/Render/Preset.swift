import Visualization

/// Numbers for a look, or those of another tool, taken together. What is said beside a preset stands above it.
public struct Preset: Sendable {
    /// The name by which it is asked for.
    public let name: String
    /// Its values, as if the user had given them.
    public let settings: RenderSettings

    /// Whether channels, classes and directions are climbed times their cosine.
    let climbsCosine: Bool

    init(_ name: String, climbsCosine: Bool = false, _ say: (inout RenderSettings) -> Void) {
        self.name = name
        self.climbsCosine = climbsCosine
        var settings = RenderSettings()
        say(&settings)
        self.settings = settings
    }

    /// The preset of a name.
    public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }

    private static let constant = Schedule("constant")!

    /// The look where no preset is named: from coarse to fine, with the spectrum of photographs as its bound. The numbers were
    /// found by a search over classes of SqueezeNet, judged by networks that had drawn nothing.
    static let standard = Preset("standard", climbsCosine: true) {
        ($0.learningRate, $0.spectrumBound, $0.tv) = (0.06, .limits(.standard), 0.05)
        $0.stages = .rule(StageRule(ratio: 4.0 / 7, smallest: 96, first: 96, further: 64))
    }

    /// As hard and as strong as can be: the look until version 0.2.
    static let sharp = Preset("sharp") { ($0.steps, $0.learningRate) = (512, 0.07) }

    /// The standard look with other numbers.
    private init(_ name: String, like other: Preset, _ say: (inout RenderSettings) -> Void) {
        self.name = name
        climbsCosine = other.climbsCosine
        var settings = other.settings
        say(&settings)
        self.settings = settings
    }

    /// Every preset.
    public static let all: [Preset] = [
        standard,
        // Three stages and twice the time.
        Preset("best", like: standard) { $0.stages = .rule(StageRule(ratio: 0.5.squareRoot(), smallest: 96, first: 160, further: 120)) },
        sharp,
        // tensorflow/lucid, optvis/render.py.
        Preset("lucid") {
            $0.size = PictureSize(side: 128)
            ($0.learningRate, $0.schedule) = (0.05, constant)
        },
        // greentfrapp/lucent, optvis/render.py: the network sees at least 224 pixels, rectifiers are plain.
        Preset("lucent") {
            $0.size = PictureSize(side: 128)
            ($0.learningRate, $0.schedule, $0.transforms, $0.relu) = (0.05, constant, "lucent", .plain)
        },
        // captum, branch optim-wip.
        Preset("captum") { ($0.learningRate, $0.schedule, $0.transforms) = (0.025, constant, "captum") },
        // deel-ai/xplique, feature visualization.
        Preset("xplique") {
            ($0.size, $0.steps, $0.decayPower, $0.plainDecay) = (PictureSize(side: 512), 256, 0.85, true)
            ($0.learningRate, $0.schedule, $0.transforms, $0.relu) = (0.05, constant, "xplique", .plain)
        },
        // MaCo (Fel et al. 2023, arXiv:2306.06805), with crops that these networks can read: xplique's own, down to a twentieth
        // of the picture and with noise for a range of −1…1, leave soft curves only.
        Preset("maco") {
            ($0.size, $0.steps, $0.param, $0.crops) = (PictureSize(side: 512), 256, .maco, 6)
            $0.transforms = "random_crop(0.5...0.6, uniform) resize(224) noise(0.01)"
            ($0.optimizer, $0.learningRate, $0.schedule, $0.relu) = (FixedMagnitudeImage.defaultOptimizer, 1, constant, .plain)
        },
        // serre-lab/Horama.
        Preset("horama") {
            ($0.size, $0.steps, $0.param, $0.crops) = (PictureSize(side: 1280), 1000, .maco, 6)
            // Its code draws boxes of 0.25 to 0.3, and its noise of 0.05 is for values of a range of 5.
            $0.transforms = "random_crop(0.25...0.3, uniform) resize(224) noise(0.01)"
            ($0.optimizer, $0.learningRate, $0.schedule, $0.relu) = (FixedMagnitudeImage.defaultOptimizer, 1, constant, .plain)
        },
        // torch-dreams.
        Preset("torch-dreams") {
            ($0.size, $0.steps, $0.clipGradient) = (PictureSize(side: 256), 120, 1)
            ($0.transforms, $0.optimizer) = ("torch-dreams", OptimizerChoice(AdamW.self))
            ($0.learningRate, $0.schedule, $0.relu) = (0.009, constant, .plain)
        },
        // faccent.
        Preset("faccent") {
            ($0.size, $0.steps, $0.crops) = (PictureSize(side: 512), 99, 16)
            $0.transforms = "random_crop(0.05...0.99, uniform) resize(224) noise(0.02)"
            ($0.learningRate, $0.schedule, $0.relu) = (0.05, constant, .plain)
        },
    ]
}
