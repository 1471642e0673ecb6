import Visualization

/// The numbers of another tool, taken together. What is given beside `--preset` stands above it.
struct Preset: Sendable {
    /// What `--preset` calls it.
    let name: String
    /// Pixels on a side.
    var size = 224
    var steps = 512
    var param = ParameterizationName.fft
    var decayPower: Float = 1
    var transforms = "lucid"
    var optimizer = OptimizerChoice.adam
    var learningRate: Float?
    var schedule = "constant"
    var relu = "redirected"
    var crops = 1
    var clipGradient: Float?

    /// What holds without a preset: Lucid's numbers, but for a rate and a schedule that end higher.
    static let standard = Preset(name: "", schedule: "settle")

    /// Every preset.
    static let all: [Preset] = [
        // tensorflow/lucid, optvis/render.py.
        Preset(name: "lucid", size: 128, learningRate: 0.05),
        // greentfrapp/lucent, optvis/render.py: the network sees at least 224 pixels, rectifiers are plain.
        Preset(name: "lucent", size: 128, transforms: "lucent", learningRate: 0.05, relu: "plain"),
        // captum, branch optim-wip.
        Preset(name: "captum", transforms: "captum", learningRate: 0.025),
        // deel-ai/xplique, feature visualization.
        Preset(name: "xplique", size: 512, steps: 256, decayPower: 0.85, transforms: "xplique", learningRate: 0.05, relu: "plain"),
        // MaCo as xplique has it (Fel et al. 2023, arXiv:2306.06805).
        Preset(
            name: "maco", size: 512, steps: 256, param: .maco,
            transforms: "random_crop(0.5...0.05) resize(224) noise(0.08) uniform_noise(0.04)",
            optimizer: FixedMagnitudeImage.defaultOptimizer, learningRate: 1, relu: "plain", crops: 32),
        // serre-lab/Horama.
        Preset(
            name: "horama", size: 1280, steps: 1000, param: .maco,
            transforms: "random_crop(0.2...0.25, uniform) resize(224) noise(0.05)",
            optimizer: FixedMagnitudeImage.defaultOptimizer, learningRate: 1, relu: "plain", crops: 6),
        // torch-dreams.
        Preset(
            name: "torch-dreams", size: 256, steps: 120, transforms: "torch-dreams", optimizer: OptimizerChoice(AdamW.self),
            learningRate: 0.009, relu: "plain", clipGradient: 1),
        // faccent.
        Preset(
            name: "faccent", size: 512, steps: 99, transforms: "random_crop(0.05...0.99, uniform) resize(224) noise(0.02)",
            learningRate: 0.05, relu: "plain", crops: 16),
    ]
}
