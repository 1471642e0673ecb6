import Images
import Networks
import Tensors
import Visualization

extension DreamSettings {
    /// The plan for a photograph, with its pictures read.
    ///
    /// - Parameters:
    ///   - name: of the photograph in `files`; nil for noise.
    ///   - files: takes the guide and the mask in.
    func plan(photo name: String?, model: Model, files: inout Photographs, workers: Workers) throws(Problem) -> (DreamPlan, DreamPictures) {
        let size =
            if let name { PictureSize.ofResult(try files.picture(name), asked: self.size) } else { self.size ?? PictureSize(side: 512) }
        let subject = PlanModel(model)
        var plan = DreamPlan(
            model: subject.name, weights: subject.weights, objective: "", photo: name, width: size.width, height: size.height,
            octaves: octaves ?? 4, octaveScale: octaveScale, iterations: iterations ?? (fromNoise ? 40 : 10), stepSize: step / 255,
            jitter: jitter, seed: seed, rectifier: relu, poolGradient: poolGradient, convolution: numerics.convolution,
            preprocessing: subject.preprocessing)
        plan.profile = numerics.profile
        if name == nil { plan.naturalNoise = true }
        plan.strength = strength
        plan.totalVariation = tv
        if let mask { plan.mask = try files.adding(mask) }
        let guide = try self.guide.map { path throws(Problem) in try files.adding(path) }
        plan.pictures = files.digests
        let terms = try objectives(model, guide: guide)
        plan.objective = terms.dropFirst().reduce(terms[0], +).text
        try fitOctaves(&plan, model)
        // Before any picture is made as large as that.
        plan.tile =
            if let tile {
                max(plan.width, plan.height) > tile ? tile : nil
            } else if let only = terms.lazy.compactMap({ $0.onlySize(in: model.network) }).first {
                // A network of one size sees the picture in tiles of it.
                max(plan.width, plan.height) > max(only.height, only.width) ? max(only.height, only.width) : nil
            } else {
                try asProblem { () throws(RenderError) in try Dream.tile(for: plan, model: model, memory: memory.bytes) }
            }
        try checkMemory { memory throws(RenderError) in try Dream.check(plan, model: model, memory: memory) }
        let pictures = try DreamPictures(plan, files, channels: model.network.inputChannels)
        if terms.count > 1 { plan.objective = try balanced(terms, plan, pictures, model, workers) }
        return (plan, pictures)
    }

    /// Each layer's objective, before weights.
    private func objectives(_ model: Model, guide: String?) throws(Problem) -> [Objective] {
        let shares = layers.isEmpty ? [LayerShare(name: Self.usualLayer(of: model))] : layers
        if let channel {
            let indices = try model.channels(channel, of: shares[0].name)
            return [indices.dropFirst().reduce(.channel(shares[0].name, indices[0])) { $0 + .channel(shares[0].name, $1) }]
        }
        var terms: [Objective] = []
        for share in shares {
            _ = try model.layer(share.name)
            terms.append(guide.map { .guide(share.name, by: $0) } ?? .layer(share.name))
        }
        return terms
    }

    /// Leaves the smallest sizes out where the network cannot take them, unless they were asked for.
    private func fitOctaves(_ plan: inout DreamPlan, _ model: Model) throws(Problem) {
        while true {
            do {
                return try Dream.check(plan, model: model)
            } catch {
                guard case .size = error, octaves == nil, plan.octaves > 1 else { throw Problem(error) }
                plan.octaves -= 1
            }
        }
    }

    /// The sum of several layers' objectives, weighted so that those of equal shares pull equally at the photograph.
    private func balanced(
        _ terms: [Objective], _ plan: DreamPlan, _ pictures: DreamPictures, _ model: Model, _ workers: Workers
    ) throws(Problem) -> String {
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
        for (term, share) in zip(terms, layers) {
            trial.objective = term.text
            let pull = try asProblem { () throws(RenderError) in
                try Dream(trial, model: model, pictures: seen, workers: workers).gradientMagnitude()
            }
            weights.append(share.share / max(pull, .leastNormalMagnitude))
        }
        let largest = weights.max() ?? 1
        return zip(terms, weights).dropFirst().reduce(weights[0] / largest * terms[0]) { $0 + $1.1 / largest * $1.0 }.text
    }
}

/// The photographs of a dream, as the network takes them.
struct DreamPictures: Sendable {
    /// `[channels, height, width]` in 0…1, by the plan's names.
    var tensors: [String: Tensor]
    /// The photograph's, `[1, height, width]` in the result's size.
    var opacity: Tensor?
    /// The photograph's.
    var depth = Picture.BitDepth.eight

    /// Reads the pictures that a plan names.
    init(_ plan: DreamPlan, _ files: Photographs, channels: Int) throws(Problem) {
        tensors = [:]
        for name in plan.pictures.keys {
            let picture = try files.picture(name)
            let isFixed = name == plan.photo || name == plan.mask
            // A guide is shown in its own shape, as large as the dream at most.
            let scale = min(1, Double(max(plan.width, plan.height)) / Double(max(picture.width, picture.height)))
            func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * scale).rounded())) }
            let fitted =
                isFixed
                ? picture.fitted(width: plan.width, height: plan.height)
                : picture.resized(width: scaled(picture.width), height: scaled(picture.height))
            if name == plan.photo { (depth, opacity) = (picture.bitDepth, fitted.opacity) }
            tensors[name] = try fitted.tensor(channels: channels, name: name)
        }
    }
}
