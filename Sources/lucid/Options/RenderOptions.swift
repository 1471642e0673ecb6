import ArgumentParser
import Images
import Networks
import Visualization

/// How a picture is drawn: everything that goes into its plan beside the objective. What is not given comes from the preset.
struct RenderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Take the numbers of another tool: \(Preset.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
    var preset: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Pixels on a side, 1 to 1000000, or WIDTHxHEIGHT. (default: 224, or the size of --start, or the one that the network takes)", valueName: "n"))
    var size: PictureSize?

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps uphill. (default: 512)", valueName: "n"))
    var steps: Int?

    @Option(name: .customLong("seed"), parsing: .unconditional, help: ArgumentHelp("Seed of all random numbers, 0 or more; the same seed gives the same bytes. (default: 0)", valueName: "n"))
    var givenSeed: UInt64?

    /// Of a picture that none of `seeds` is for.
    var seed: UInt64 { givenSeed ?? 0 }

    @Option(parsing: .unconditional, help: ArgumentHelp("Seeds such as 0-3 or 1,5,9, different ones: draw a picture for each, on one sheet (or a file each, with {seed} in --output).", valueName: "0-3"))
    var seeds: SeedList?

    @Option(help: "How the picture is written in numbers: \(listed(ParameterizationName.canvases.map { $0.name })). (default: fft)")
    var param: ParameterizationName?

    @Option(parsing: .unconditional, help: ArgumentHelp("How fast the amplitudes of the fft picture fall with frequency. (default: 1)", valueName: "p"))
    var decayPower: Float?

    @Flag(help: "Optimise plain RGB instead of decorrelated colours.")
    var noDecorrelate = false

    @Flag(help: "Draw an opacity as well: what the unit does not need becomes transparent.")
    var alpha = false

    @Option(help: ArgumentHelp("maco: take the magnitudes from a folder of photographs instead of a power law.", valueName: "folder"))
    var spectrum: String?

    @Option(help: ArgumentHelp("What is done to the picture at each step: none, a set (\(TransformChain.sets.map(\.name).joined(separator: ", ")), xplique), or a list such as \"pad(12) jitter(8) scale(0.9...1.1) rotate(-10...10) noise(0.02) flip\". (default: lucid)", valueName: "list"))
    var transforms: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Draws of the transforms in each step, whose gradients are averaged. (default: 1)", valueName: "n"))
    var crops: Int?

    @Option(help: ArgumentHelp("\(listed(OptimizerChoice.rules.map { $0.name })), with their own numbers if you like: adam(0.9,0.999), sgd(0.9), rmsprop(0.99), lbfgs(100). (default: adam)", valueName: "name"))
    var optimizer: OptimizerChoice?

    @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's step. (default: adam 0.07, or 0.005 with cppn, sgd 0.05, rmsprop 0.02, lbfgs 1)", valueName: "r"))
    var learningRate: Float?

    @Option(help: ArgumentHelp("How the learning rate changes: constant, cosine (to nothing), settle (constant, then cosine in the last quarter), \"step(100, 0.5)\", \"warmup(20) cosine\". (default: settle)", valueName: "list"))
    var schedule: Schedule?

    @Option(parsing: .unconditional, help: ArgumentHelp("The longest that the gradient of the parameters may be.", valueName: "g"))
    var clipGradient: Float?

    @Flag(help: "Bring the gradient at the picture to a root mean square of 1.")
    var normalizeGradient = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Stop once the mean score of 50 steps is within this share of the 50 before, e.g. 0.01.", valueName: "share"))
    var untilConverged: Float?

    @Option(help: "Gradient of rectifiers: redirected (Lucid's, in the first 16 steps), plain, guided or linear. (default: redirected)")
    var relu: RectifierGradient?

    @Option(help: "Whom max pooling sends its gradient to: winner (the derivative) or average (all of the window).")
    var poolGradient = PoolGradient.winner

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of the total variation, a penalty on noise.", valueName: "w"))
    var tv: Float = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of the distance from mid grey, Σ|x − ½|.", valueName: "w"))
    var l1: Float = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of the distance from mid grey, √Σ(x − ½)².", valueName: "w"))
    var l2: Float = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of a blur at each step.", valueName: "w"))
    var blur: Float = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of a plain frame around the picture.", valueName: "w"))
    var boundary: Float = 0

    @Option(help: ArgumentHelp("Begin from this picture instead of noise.", valueName: "picture"))
    var start: String?

    @Option(help: ArgumentHelp("Draw only where this picture is white.", valueName: "picture"))
    var mask: String?

    @Flag(help: "Draw what lowers the score instead of what raises it.")
    var negative = false

    @OptionGroup var numerics: NumericOptions

    @OptionGroup var reading: ReadingOptions

    func validate() throws {
        if let preset, !Preset.all.contains(where: { $0.name == preset }) {
            let near = nearestNames(to: preset, among: Preset.all.map(\.name)).joined(separator: ", ")
            throw ValidationError("there is no preset \"\(preset)\"; the nearest are \(near)")
        }
        if let steps, !(0...10_000_000).contains(steps) {
            throw ValidationError("--steps must be 0 to 10000000, not \(steps)")
        }
        if let power = decayPower, !(power.isFinite && abs(power) <= 10) {
            throw ValidationError("--decay-power must be −10 to 10, not \(power)")
        }
        if let rate = learningRate, !(rate.isFinite && rate > 0) {
            throw ValidationError("--learning-rate must be above 0, not \(rate)")
        }
        if let crops, !(1...1024).contains(crops) { throw ValidationError("--crops must be 1 to 1024, not \(crops)") }
        if let longest = clipGradient, !(longest.isFinite && longest > 0) {
            throw ValidationError("--clip-gradient must be above 0, not \(longest)")
        }
        if let share = untilConverged, !(share.isFinite && share > 0) {
            throw ValidationError("--until-converged must be above 0, not \(share)")
        }
        for (name, weight) in [("tv", tv), ("l1", l1), ("l2", l2), ("blur", blur), ("boundary", boundary)] {
            guard weight.isFinite else { throw ValidationError("--\(name) must be a number") }
        }
        let canvas = (param ?? presetNumbers.param).canvas
        if spectrum != nil, !canvas.traits.contains(.spectrum) {
            throw ValidationError("--spectrum is for --param \(canvases(with: .spectrum))")
        }
        if decayPower != nil, !canvas.traits.contains(.decayPower) {
            throw ValidationError("--decay-power is for --param \(canvases(with: .decayPower)); \(canvas.name) has no such power")
        }
        if seeds != nil, givenSeed != nil { throw ValidationError("--seed and --seeds exclude each other") }
        if alpha, canvas.traits.contains(.importanceAsOpacity) {
            throw ValidationError("--alpha does not go with \(canvas.name), whose opacity is what mattered")
        }
    }

    private var presetNumbers: Preset { Preset.all.first { $0.name == preset } ?? .standard }

    /// The photographs that these options name, and others.
    func photographs(_ others: String...) throws(Failure) -> Photographs {
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        for path in others + [start, mask].compactMap({ $0 }) { try photographs.add(path) }
        return photographs
    }

    /// The plan for one objective.
    ///
    /// - Parameters:
    ///   - photographs: those of `photographs()` at least.
    ///   - seed: instead of `--seed`.
    ///   - count: of pictures that are drawn together.
    func plan(_ objective: Objective, model: Model, _ photographs: Photographs, seed: UInt64? = nil, count: Int = 1)
        throws(Failure) -> RenderPlan
    {
        let preset = presetNumbers
        let only = objective.onlySize(in: model.network)
        var size =
            size ?? only.map { PictureSize(width: $0.width, height: $0.height) }
            ?? PictureSize(width: preset.size, height: preset.size)
        if let start, self.size == nil {
            let picture = try photographs.picture(photographs.name(of: start))
            size = PictureSize(width: picture.width, height: picture.height)
        }
        var list = TransformChain.expanded(transforms ?? preset.transforms, size: min(size.width, size.height))
        if alpha, !list.contains("backdrop") { list = list == "none" ? "backdrop" : "backdrop " + list }
        var chain: TransformChain
        do {
            chain = try TransformChain(parsing: list)
        } catch {
            throw .usage("--transforms: \(error)")
        }
        if let only { chain = chain.fitted(to: only, from: size.networkSize) }
        guard let presetSchedule = Schedule(preset.schedule), let presetRelu = RectifierGradient(rawValue: preset.relu)
        else { preconditionFailure("the preset \(preset.name) cannot be read") }
        let param = param ?? preset.param
        // Another optimizer than the preset's has a rate of its own.
        let rate = learningRate ?? (optimizer == nil ? preset.learningRate : nil)
        var plan = RenderPlan(
            model: model.name, weights: model.weightsSHA256, objective: complete(objective).text, width: size.width,
            height: size.height, steps: steps ?? preset.steps, seed: seed ?? self.seed, parameterization: param,
            decayPower: decayPower ?? preset.decayPower, decorrelate: !noDecorrelate,
            transforms: chain.text, optimizer: optimizer ?? preset.optimizer, learningRate: rate,
            schedule: schedule ?? presetSchedule, rectifier: relu ?? presetRelu, convolution: numerics.convolution)
        plan.profile = numerics.profile
        plan.count = count
        plan.alpha = alpha
        plan.crops = crops ?? preset.crops
        plan.poolGradient = poolGradient
        plan.clipGradient = clipGradient ?? preset.clipGradient
        plan.normalizeGradient = normalizeGradient
        plan.untilConverged = untilConverged
        plan.start = start.map(photographs.name)
        plan.mask = mask.map(photographs.name)
        plan.preprocessing = model.hasItsOwnPreprocessing ? nil : model.preprocessing
        if let spectrum { plan.spectrum = try PictureSource.spectrum(ofFolder: spectrum, maximumPixels: reading.maxPixels) }
        return plan
    }

    /// The objective with its penalties and the care for the opacity.
    private func complete(_ objective: Objective) -> Objective {
        var objective = negative ? -objective : objective
        if alpha {
            // tensorflow/lucid's example: a score is worth what it hides little for, and edges of the opacity are soft.
            objective = objective * (.constant(1) - .meanAlpha()) - 0.1 * .blurAlphaEachStep()
        }
        if tv != 0 { objective = objective - tv * .totalVariation() }
        if l1 != 0 { objective = objective - l1 * .l1(constant: 0.5) }
        if l2 != 0 { objective = objective - l2 * .l2(constant: 0.5) }
        if blur != 0 { objective = objective - blur * .blurInputEachStep() }
        if boundary != 0 { objective = objective + boundary * .penalizeBoundaryComplexity() }
        return objective
    }
}

/// "224", or "640x480" for width and height.
struct PictureSize: ExpressibleByArgument, CustomStringConvertible {
    var width: Int
    var height: Int
    /// One number was given, not two.
    private(set) var isOneSide = false

    /// What is meant if nothing is said.
    static let standard = PictureSize(width: 224, height: 224)

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// One side, the longer one of what keeps its shape.
    init(side: Int) {
        self.init(width: side, height: side)
        isOneSide = true
    }

    var networkSize: Network.Size { Network.Size(height: height, width: width) }

    init?(argument: String) {
        let numbers = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard let width = numbers[0], let height = numbers.last!, numbers.count <= 2,
            (1...1_000_000).contains(width), (1...1_000_000).contains(height)
        else { return nil }
        self.init(width: width, height: height)
        isOneSide = numbers.count == 1
    }

    var description: String { width == height ? "\(width)" : "\(width)x\(height)" }
    var defaultValueDescription: String { description }
}

/// "0-3" or "1,5,9": seeds, in their order.
struct SeedList: ExpressibleByArgument {
    let seeds: [UInt64]

    init?(argument: String) {
        var seeds: [UInt64] = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
            guard let first = ends[0], let last = ends.last!, ends.count <= 2, first <= last, last - first < 1000 else { return nil }
            seeds += first...last
        }
        guard Set(seeds).count == seeds.count else { return nil }
        self.seeds = seeds
    }
}

/// "fft, pixel or maco"
func listed(_ names: [String]) -> String { names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "") }

/// The names of the canvases that have an ability.
func canvases(with trait: CanvasTraits) -> String {
    ParameterizationName.canvases.filter { $0.traits.contains(trait) }.map { $0.name }.joined(separator: " or ")
}

extension ParameterizationName: ExpressibleByArgument {}
extension RectifierGradient: ExpressibleByArgument {}
extension ConvolutionChoice: ExpressibleByArgument {}
extension PoolGradient: ExpressibleByArgument {}

extension OptimizerChoice: ExpressibleByArgument {}
extension Schedule: ExpressibleByArgument {}
