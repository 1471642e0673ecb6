import ArgumentParser
import Images
import Networks
import Tensors
import Visualization

/// How a dream is made: everything that goes into its plan beside the network and the photograph.
struct DreamOptions: ParsableArguments {
    @Option(name: .customLong("layer"), help: ArgumentHelp("A layer whose energy is climbed, perhaps with its share: features.8=0.5. Several are balanced so that equal shares pull equally. (default: one about two thirds of the way)", valueName: "name[=share]"))
    var layers: [LayerShare] = []

    @Option(help: ArgumentHelp("Climb these channels of the layer instead of its energy.", valueName: "i"))
    var channel: IndexList?

    @Option(help: ArgumentHelp("Dream of what this picture shows.", valueName: "picture"), completion: .file())
    var guide: String?

    @Flag(help: "Begin from noise instead of a photograph.")
    var fromNoise = false

    @Option(parsing: .unconditional, help: ArgumentHelp("The longer side in pixels, or WIDTHxHEIGHT. (default: the photograph's own size; 512 from noise)", valueName: "n"))
    var size: PictureSize?

    @Option(parsing: .unconditional, help: ArgumentHelp("Sizes to go through. (default: 4, fewer for small pictures)", valueName: "n"))
    var octaves: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("From one size to the next.", valueName: "s"))
    var octaveScale: Float = 1.4

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps at each size. (default: 10; 40 from noise)", valueName: "n"))
    var iterations: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("The mean change of a step, of 255.", valueName: "x"))
    var step: Float = 1.5

    @Option(parsing: .unconditional, help: ArgumentHelp("Pixels by which the picture is rolled at most before each step.", valueName: "n"))
    var jitter = 32

    @Option(parsing: .unconditional, help: ArgumentHelp("How much of the dream is kept at the end: 0.5 is half way to the photograph.", valueName: "x"))
    var strength: Float = 1

    @Option(parsing: .unconditional, help: ArgumentHelp("Weight of the total variation, which smooths; the dream itself pulls with 1.", valueName: "w"))
    var tv: Float = 0

    @Option(help: ArgumentHelp("Dream only where this picture is white.", valueName: "picture"), completion: .file())
    var mask: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the rolling and the noise.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Memory to stay within, e.g. 2GB; larger pictures are seen in tiles.", valueName: "size"))
    var memory = MemorySize.standard

    @Option(parsing: .unconditional, help: ArgumentHelp("The side of tiles in pixels, instead of what --memory allows.", valueName: "n"))
    var tile: Int?

    @Option(help: "Gradient of rectifiers: plain, redirected, guided or linear.")
    var relu = RectifierGradient.plain

    @Option(help: "Whom max pooling sends its gradient to: winner (the derivative) or average (all of the window).")
    var poolGradient = PoolGradient.winner

    @OptionGroup var numerics: NumericOptions

    func validate() throws {
        if let octaves, !DreamPlan.octaveBounds.contains(octaves) {
            throw ValidationError("--octaves must be 1 to \(DreamPlan.octaveBounds.upperBound), not \(octaves)")
        }
        guard octaveScale > 1, DreamPlan.scaleBounds.contains(octaveScale) else {
            throw ValidationError("--octave-scale must be above 1 and at most 8, not \(octaveScale)")
        }
        if let iterations, !(0...100_000).contains(iterations) { throw ValidationError("--iterations must be 0 to 100000, not \(iterations)") }
        guard step > 0, step <= 255 else { throw ValidationError("--step must be above 0 and at most 255, not \(step)") }
        guard (0...100_000).contains(jitter) else { throw ValidationError("--jitter must be 0 to 100000, not \(jitter)") }
        guard (-100...100).contains(strength) else { throw ValidationError("--strength must be −100 to 100, not \(strength)") }
        guard (0...1000).contains(tv) else { throw ValidationError("--tv must be 0 to 1000, not \(tv)") }
        if let tile, !(256...65_536).contains(tile) { throw ValidationError("--tile must be 256 to 65536, not \(tile)") }
        if channel != nil, layers.count != 1 { throw ValidationError("--channel goes with one --layer") }
        if channel != nil, guide != nil { throw ValidationError("--channel and --guide exclude each other") }
    }

    /// The layer that file names tell.
    func layerName(of model: Model) -> String { layers.first?.name ?? Self.usualLayer(of: model) }

    /// The plan for a photograph, with its pictures read.
    ///
    /// - Parameters:
    ///   - name: of the photograph in `files`; nil for noise.
    ///   - files: takes the guide and the mask in.
    func plan(photo name: String?, model: Model, files: inout Photographs, workers: Workers) throws -> (DreamPlan, DreamPictures) {
        let size: ResultSize
        if let name {
            size = ResultSize(of: try files.picture(name), asked: self.size)
        } else {
            let asked = self.size ?? PictureSize(width: 512, height: 512)
            size = ResultSize(width: asked.width, height: asked.height)
        }
        var plan = DreamPlan(
            model: model.name, weights: model.weightsSHA256, objective: "", photo: name, width: size.width, height: size.height,
            octaves: octaves ?? 4, octaveScale: octaveScale, iterations: iterations ?? (fromNoise ? 40 : 10), stepSize: step / 255, jitter: jitter,
            seed: seed, rectifier: relu, poolGradient: poolGradient, convolution: numerics.convolution,
            preprocessing: model.hasItsOwnPreprocessing ? nil : model.preprocessing)
        plan.profile = numerics.profile
        plan.strength = strength
        plan.totalVariation = tv
        if let mask { plan.mask = try files.adding(mask) }
        let guide = try self.guide.map { path throws(Failure) in try files.adding(path) }
        plan.pictures = files.digests
        let terms = try objectives(model, guide: guide)
        plan.objective = terms.dropFirst().reduce(terms[0], +).text
        try fitOctaves(&plan, model)
        // Before any picture is made as large as that.
        do throws(RenderError) {
            if let tile {
                plan.tile = max(plan.width, plan.height) > tile ? tile : nil
            } else {
                plan.tile = try Dream.tile(for: plan, model: model, memory: memory.bytes)
            }
        } catch {
            throw Failure(error)
        }
        try checkMemory { memory throws(RenderError) in try Dream.check(plan, model: model, memory: memory) }
        let pictures = try DreamPictures(plan, files, channels: model.network.inputChannels)
        if terms.count > 1 { plan.objective = try balanced(terms, plan, pictures, model, workers) }
        return (plan, pictures)
    }

    /// What each layer contributes, before weights.
    private func objectives(_ model: Model, guide: String?) throws(Failure) -> [Objective] {
        let shares = layers.isEmpty ? [LayerShare(name: Self.usualLayer(of: model))] : layers
        if let channel {
            let indices = try Drawing.indices(channel, of: shares[0].name, in: model)
            return [indices.dropFirst().reduce(.channel(shares[0].name, indices[0])) { $0 + .channel(shares[0].name, $1) }]
        }
        var terms: [Objective] = []
        for share in shares {
            _ = try Drawing.layer(share.name, in: model)
            terms.append(guide.map { .guide(share.name, by: $0) } ?? .layer(share.name))
        }
        return terms
    }

    /// The layer that is dreamt of where none is named: the architecture's own, else one at two thirds of the depth.
    static func usualLayer(of model: Model) -> String {
        if let layer = model.architecture?.dreamLayer { return layer }
        let stages = model.network.stages
        return stages[stages.count * 2 / 3].node
    }

    /// Leaves the smallest sizes out where the network cannot take them, unless they were asked for.
    private func fitOctaves(_ plan: inout DreamPlan, _ model: Model) throws(Failure) {
        while true {
            do {
                return try Dream.check(plan, model: model)
            } catch {
                guard case .size = error, octaves == nil, plan.octaves > 1 else { throw Failure(error) }
                plan.octaves -= 1
            }
        }
    }

    /// The sum of several layers' objectives, weighted so that those of equal shares pull equally at the photograph.
    private func balanced(
        _ terms: [Objective], _ plan: DreamPlan, _ pictures: DreamPictures, _ model: Model, _ workers: Workers
    ) throws(Failure) -> String {
        var trial = plan
        trial.tile = nil
        // Seen at the smallest size: the balance need not be exact.
        trial.octaves = 1
        let smallest = plan.octaveSizes[0]
        (trial.width, trial.height) = (smallest.width, smallest.height)
        var seen = pictures.tensors
        for name in [plan.photo, plan.mask].compactMap({ $0 }) {
            seen[name] = pictures.tensors[name]!.scaled(toHeight: smallest.height, width: smallest.width, workers: workers)
        }
        var weights: [Float] = []
        do throws(RenderError) {
            for (term, share) in zip(terms, layers) {
                trial.objective = term.text
                let pull = try Dream(trial, model: model, pictures: seen, workers: workers).gradientMagnitude()
                weights.append(share.share / max(pull, .leastNormalMagnitude))
            }
        } catch {
            throw Failure(error)
        }
        let largest = weights.max() ?? 1
        return zip(terms, weights).dropFirst().reduce(weights[0] / largest * terms[0]) { $0 + $1.1 / largest * $1.0 }.text
    }
}

/// "features.8" or "features.8=0.5".
struct LayerShare: ExpressibleByArgument {
    let name: String
    let share: Float

    init(name: String, share: Float = 1) {
        self.name = name
        self.share = share
    }

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "=") else {
            self.init(name: argument)
            return
        }
        guard let share = Float(argument[argument.index(after: equals)...]), share.isFinite, share > 0 else { return nil }
        self.init(name: String(argument[..<equals]), share: share)
    }
}
