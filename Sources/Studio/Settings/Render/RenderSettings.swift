import Images
import Networks
import Visualization

/// How a picture is drawn: everything that goes into its plan beside the objective. What is not said comes from the preset, and
/// then from the library's own defaults.
public struct RenderSettings: SettingGroup {
    /// The name of a `Preset`; nil for the standard look.
    public var preset: String?
    /// The picture's extents in pixels; nil for the usual ones.
    public var size: PictureSize?
    /// Steps uphill in all, at least 0; nil for the look's.
    public var steps: Int?
    /// The power of the cosine that units are climbed with, 0…16; nil for the look's.
    public var cosinePower: Float?
    /// Sizes to go through; nil for the look's.
    public var stages: StageChoice?
    /// Seed of all random numbers; nil for 0.
    public var seed: UInt64?
    /// A picture for each of these seeds; nil for one picture.
    public var seeds: SeedList?
    /// How the picture is written in numbers; nil for fft.
    public var param: ParameterizationName?
    /// How fast the amplitudes of the Fourier image fall with frequency, −10…10; nil for 1.
    public var decayPower: Float?
    /// Whether that power changes the energy as well.
    public var plainDecay = false
    /// Whether plain RGB is optimised.
    public var noDecorrelate = false
    /// Whether the picture has an opacity.
    public var alpha = false
    /// The most contrast and colour at each scale; nil for the usual bound.
    public var spectrumBound: BoundChoice?
    /// A folder of photographs whose magnitudes MaCo takes; nil for ImageNet's.
    public var spectrum: String?
    /// The name of a set of transforms, or a list in their language; nil for the usual set.
    public var transforms: String?
    /// Draws of the transforms in each step, 1…1024; nil for 1.
    public var crops: Int?
    /// The rule for a step; nil for Adam.
    public var optimizer: OptimizerChoice?
    /// The optimizer's step, above 0; nil for the usual one of the canvas and the optimizer.
    public var learningRate: Float?
    /// How the learning rate changes; nil for `Schedule.settle`.
    public var schedule: Schedule?
    /// The longest that the gradient of the parameters may be, above 0; nil for any.
    public var clipGradient: Float?
    /// Whether the gradient at the picture is brought to a root mean square of 1.
    public var normalizeGradient = false
    /// The share of change over 50 steps below which it ends, above 0; nil to take every step.
    public var untilConverged: Float?
    /// The gradient of rectifiers; nil for redirected.
    public var relu: RectifierGradient?
    /// Where max pooling sends its gradient; nil for the winner.
    public var poolGradient: PoolGradient?
    /// Share of the score's gradient for the total variation; nil for the look's.
    public var tv: Float?
    /// Share for Σ|x − ½|; nil for none.
    public var l1: Float?
    /// Share for √Σ(x − ½)²; nil for none.
    public var l2: Float?
    /// Share for a blur at each step; nil for none.
    public var blur: Float?
    /// Share for a plain frame around the picture; nil for none.
    public var boundary: Float?
    /// The picture to begin from; nil for noise.
    public var start: String?
    /// A picture that is white where it is drawn; nil for everywhere.
    public var mask: String?
    /// Whether the score is lowered.
    public var negative = false
    /// The kernels that the picture is computed with.
    public var numerics = NumericSettings()
    /// The largest photograph that is read.
    public var reading = ReadingSettings()

    public init() {}

    public typealias PlanType = RenderPlan

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("preset", \.preset, "name", "Look: standard, best, sharp, or another tool's; best takes twice the time, sharp is harder and stronger, and the numbers of other tools are \(Preset.all.dropFirst(3).map(\.name).joined(separator: ", ")). (default: standard)")
        Setting("size", \.size, "n", "Pixels on a side, or WIDTHxHEIGHT; 1 to 1000000. (default: \(standardSize), or the network's or the start's own)").field { PictureSize(width: $0.width, height: $0.height) }
        Setting("steps", \.steps, "n", "Steps uphill in all. (default: 160, and 64 more for each stage after the second; 512 without the standard look)", .from(0, to: 10_000_000), in: \.steps)
        Setting("cosine-power", \.cosinePower, "p", "A channel, class or direction is climbed times its cosine to this power: what it likes more than its neighbours do; 0 for its plain answer. (default: 1, for a class 2)", .from(0, to: 16))
        Setting("stages", \.stages, "list", "Sizes to go through, SIZE:STEPS or SIZE:STEPS:RATE each, or none for one size. (default: \"128:96 224:64\", and the like for other sizes)").field { $0.stageText }
        Setting("seed", \.seed, "n", "Seed of all random numbers; the same seed gives the same bytes. (default: 0)", in: \.seed)
        Setting("seeds", \.seeds, "0-3", "A picture for each of these seeds, e.g. 0-3 or 1,5,9; on one sheet, or a file each with {seed} in the output's name.")
        Setting("param", \.param, "name", "How the picture is written in numbers: \(ParameterizationName.form). (default: fft)", in: \.parameterization)
        Setting("decay-power", \.decayPower, "p", "How fast the amplitudes of the fft picture fall with frequency, -10 to 10: 1.25 or 1.5 for larger shapes, at the same energy. (default: 1)", .from(-10, to: 10)).field(.from(-10, to: 10)) { $0.parameterization.canvas.traits.contains(.decayPower) ? $0.decayPower : nil }
        Setting("plain-decay", flag: \.plainDecay, "Let the decay power change the energy of the fft picture as well, as other tools and older versions do.") { $0.decayPower != 1 && $0.evenDecay != true }
        Setting("no-decorrelate", flag: \.noDecorrelate, "Optimise plain RGB instead of decorrelated colours.") { !$0.decorrelate }
        Setting("alpha", flag: \.alpha, "Make transparent what the unit does not need.", in: \.alpha)
        Setting("spectrum-bound", \.spectrumBound, "c", "The most contrast, and colour, of fft at each scale and of cppn in all; photographs have about 2.4,2.8. 0 for no bound. (default: 2.5,3.125)").field { $0.boundChoice }
        Setting("spectrum", \.spectrum, "folder", "maco: take the magnitudes from a folder of your photographs instead of ImageNet's.").reading(.readsFolder)
        Setting("transforms", \.transforms, "list", "Changes of the picture at each step: none, a set (\(TransformChain.sets.map(\.name).joined(separator: ", ")), xplique), or a list such as \"pad(12) jitter(8) scale(0.9...1.1) rotate(-10...10) noise(0.02) flip\". (default: lucid, for a class wide)").field { $0.transforms }
        Setting("crops", \.crops, "n", "Draws of the transforms in each step, whose gradients are averaged. (default: 1)", .from(1, to: 1024), in: \.crops)
        Setting("optimizer", \.optimizer, "name", "\(listed(OptimizerChoice.rules.map { $0.name })), with their own numbers if you like: adam(0.9,0.999), sgd(0.9), rmsprop(0.99), lbfgs(100). (default: adam)", in: \.optimizer)
        Setting("learning-rate", \.learningRate, "r", "The optimizer's step. (default: adam 0.06, with other canvases or a picture to start from 0.07, with cppn 0.005, sgd 0.05, rmsprop 0.02, lbfgs 1)", .positive).field(.positive) { $0.learningRate }
        Setting("schedule", \.schedule, "list", "How the learning rate changes: constant, cosine (to nothing), settle (constant, then cosine in the last quarter), \"step(100, 0.5)\", \"warmup(20) cosine\". (default: settle)", in: \.schedule)
        Setting("clip-gradient", \.clipGradient, "g", "The longest that the gradient of the parameters may be.", .positive, ifIn: \.clipGradient)
        Setting("normalize-gradient", flag: \.normalizeGradient, "Bring the gradient at the picture to a root mean square of 1.", in: \.normalizeGradient)
        Setting("until-converged", \.untilConverged, "share", "Stop once the shapes have changed by less than this share over 50 steps, e.g. 0.02; the score goes on rising with contrast.", .positive, ifIn: \.untilStill)
        Setting("relu", \.relu, "name", "Gradient of rectifiers: redirected (Lucid's, in the first 16 steps), plain, guided or linear. (default: redirected)", in: \.rectifier)
        Setting("pool-gradient", \.poolGradient, "name", "Where max pooling sends its gradient: to the winner (the derivative), or to the average of the window. (default: winner)", in: \.poolGradient)
        Setting("tv", \.tv, "Penalty on noise, the total variation, as a share of the score's own gradient. (default: 0.05 with fft)", weighs: .totalVariation()).field(.finite) { $0.share(of: .totalVariation()) ?? 0 }
        Setting("l1", \.l1, "Penalty on the distance from mid grey, Σ|x − ½|, as a share of the score's gradient. (default: 0)", weighs: .l1(constant: 0.5))
        Setting("l2", \.l2, "Penalty on the distance from mid grey, √Σ(x − ½)², as a share of the score's gradient. (default: 0)", weighs: .l2(constant: 0.5))
        Setting("blur", \.blur, "A blur at each step, as a share of the score's gradient. (default: 0)", weighs: .blurInputEachStep())
        Setting("boundary", \.boundary, "A plain frame around the picture, as a share of the score's gradient. (default: 0)", weighs: .penalizeBoundaryComplexity(), sign: -1)
        Setting("start", \.start, "picture", "Begin from this picture instead of noise.").reading()
        Setting("mask", \.mask, "picture", "Draw only where this picture is white.").reading()
        Setting("negative", flag: \.negative, "Draw what lowers the score instead of what raises it.")
        NumericSettings.lifted(\.numerics, convolution: { $0.convolution }, isReproducible: { $0.profile != nil })
        ReadingSettings.lifted(\.reading)
    }

    /// Whether nothing is said of how the picture is to look.
    var isPlain: Bool { preset == nil && tv == nil && seed == nil && seeds == nil && param == nil && start == nil }

    /// For files' names: what people change most to compare the pictures.
    var words: [String] { [preset, alpha ? "alpha" : nil].compactMap { $0 } }

    /// Pixels on a side where nothing is said.
    public static let standardSize = 224

    public func check() throws(Problem) {
        if let preset, Preset.named(preset) == nil {
            let near = nearestNames(to: preset, among: Preset.all.map(\.name)).joined(separator: ", ")
            throw .usage("there is no preset \"\(preset)\"; the nearest are \(sentence: near)", setting: "preset")
        }
        let canvas = (said(\.param) ?? .fft).canvas
        if case .limits = spectrumBound, !canvas.traits.contains(.spectrumBound) {
            throw .usage("\(setting: "spectrum-bound") is for \(setting: "param") \(Self.canvases(with: .spectrumBound))")
        }
        if spectrum != nil, !canvas.traits.contains(.spectrum) {
            throw .usage("\(setting: "spectrum") is for \(setting: "param") \(Self.canvases(with: .spectrum))")
        }
        if decayPower != nil, !canvas.traits.contains(.decayPower) {
            throw .usage("\(setting: "decay-power") is for \(setting: "param") \(Self.canvases(with: .decayPower)); \(canvas.name) has no such power")
        }
        if plainDecay, decayPower ?? 1 == 1 { throw .usage("\(setting: "plain-decay") goes with a \(setting: "decay-power") other than 1") }
        if seeds != nil, seed != nil { throw .usage("\(setting: "seed") and \(setting: "seeds") exclude each other") }
        if alpha, canvas.traits.contains(.importanceAsOpacity) {
            throw .usage("\(setting: "alpha") does not go with \(canvas.name), whose opacity is what mattered")
        }
    }

    /// The names of the canvases that have an ability.
    static func canvases(with trait: CanvasTraits) -> String {
        listed(ParameterizationName.canvases.filter { $0.traits.contains(trait) }.map { $0.name })
    }

    /// Whether the standard look applies: it was found for Fourier pictures that begin from noise.
    private var hasStandardLook: Bool { preset == nil && start == nil && (param ?? .fft) == .fft }

    /// The user's value, or else the preset's.
    func said<Value>(_ key: KeyPath<RenderSettings, Value?>) -> Value? {
        self[keyPath: key] ?? usual(key)
    }

    /// The preset's value.
    func usual<Value>(_ key: KeyPath<RenderSettings, Value?>) -> Value? { look?.settings[keyPath: key] }

    /// The preset that fills in what is not said.
    var look: Preset? { hasStandardLook ? .standard : preset.flatMap(Preset.named) }

    /// The power of the cosine that channels, classes and directions are climbed with.
    ///
    /// - Parameter usual: the command's own, where the look has one.
    func cosinePower(usual: Float = 1) -> Float {
        cosinePower ?? (look?.climbsCosine == true ? usual : 0)
    }

    /// The objective of one channel.
    func channel(_ layer: String, _ index: Int, in network: Network) -> Objective {
        let power = cosinePower()
        return power > 0 ? .channelCosine(layer, index, power: power, of: part(of: layer, in: network)) : .channel(layer, index)
    }

    /// The part of a layer's maps whose means are climbed.
    func part(of layer: String, in network: Network) -> MapPart {
        guard let name = try? network.layer(named: layer), network.isLinear(name) else { return .whole }
        return negative ? .negative : .positive
    }

    /// The usual power for a class.
    static let classPower: Float = 2

    /// The objective of one class. Without a say, it is the class's score where the classes of a network are not linear in a layer.
    func classScore(_ index: Int, in network: Network) -> Objective {
        let power = cosinePower(usual: Self.classPower)
        let isPossible = cosinePower != nil || network.classifierHead != nil
        return power > 0 && isPossible ? .classDirection(index, power: power) : .classLogit(index)
    }
}

extension Setting where Target == RenderSettings {
    /// The share of a penalty, whose objective a plan has where the share is not 0.
    ///
    /// - Parameter sign: -1 for an objective that falls with what is penalized.
    fileprivate init(
        _ name: String, _ key: WritableKeyPath<Target, Float?> & Sendable, _ help: String, weighs objective: Objective, sign: Float = 1
    ) {
        self.init(name, key, "share", help, .finite)
        field = PlanField({ plan in plan.share(of: objective).map { sign * $0 } }, .finite)
        write = { own, usual, plan in
            guard let share = own[keyPath: key] ?? usual?[keyPath: key], share != 0 else { return }
            plan.penalties.append(RenderPlan.Penalty(objective: objective.text, share: sign * share))
        }
    }
}

extension RenderPlan {
    /// The share of a penalty; nil where it is none of the plan's.
    fileprivate func share(of objective: Objective) -> Float? { penalties.first { $0.objective == objective.text }?.share }

    /// Every size with its steps; nil for a canvas that has one size.
    fileprivate var stageText: String? {
        guard parameterization.canvas.traits.contains(.stages) else { return nil }
        if stages.stages.isEmpty { return StageList.none.description }
        let last = StageList.Stage(height: height, width: width, steps: max(1, steps - stages.steps))
        return StageList(stages.stages + [last]).description
    }

    /// The bound, or that there is none; nil for a canvas without.
    fileprivate var boundChoice: BoundChoice? {
        guard parameterization.canvas.traits.contains(.spectrumBound) else { return nil }
        return spectrumBound.map { .limits($0) } ?? BoundChoice.none
    }
}
