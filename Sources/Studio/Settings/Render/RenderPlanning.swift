import Images
import ModelStore
import Networks
import Visualization

/// The network, as far as plans depend on it.
public struct PlanModel: Sendable {
    /// The name by which it is asked for.
    public var name: String
    /// SHA-256 of its weights file.
    public var weights: String
    /// The input's values where they are not those that come with the name.
    public var preprocessing: Preprocessing?

    public init(name: String, weights: String, preprocessing: Preprocessing?) {
        self.name = name
        self.weights = weights
        self.preprocessing = preprocessing
    }

    public init(_ model: Model) {
        self.init(
            name: model.name, weights: model.weightsSHA256,
            preprocessing: model.hasItsOwnPreprocessing ? nil : model.preprocessing)
    }
}

extension RenderSettings {
    /// The photographs that these settings name, and others.
    func photographs(_ others: [String] = []) throws(Problem) -> Photographs {
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        for path in others + [start, mask].compactMap({ $0 }) { try photographs.add(path) }
        return photographs
    }

    /// The plan for one objective.
    ///
    /// - Parameters:
    ///   - photographs: those of `photographs()` at least.
    ///   - seed: in the place of the settings' own.
    ///   - count: pictures that are drawn together.
    func plan(
        _ objective: Objective, model: Model, _ photographs: Photographs, seed: UInt64? = nil, count: Int = 1
    ) throws(Problem) -> RenderPlan {
        let only = objective.onlySize(in: model.network)
        var size = said(\.size) ?? only.map { PictureSize($0) }
        if let start, self.size == nil {
            let picture = try photographs.picture(photographs.name(of: start))
            size = PictureSize(width: picture.width, height: picture.height)
        } else if self.size == nil, let only {
            size = PictureSize(only)
        }
        var plan = try plan(complete(objective).text, PlanModel(model), size: size, only: only)
        if let seed { plan.seed = seed }
        plan.count = count
        plan.start = start.map(photographs.name)
        plan.mask = mask.map(photographs.name)
        if let spectrum { plan.spectrum = try MagnitudeSpectrum(ofFolder: spectrum, maximumPixels: reading.maxPixels) }
        return plan
    }

    /// The plan for a complete objective in the expression language, but for the pictures that it names.
    ///
    /// - Parameters:
    ///   - size: nil for what is said, or else usual.
    ///   - only: the one size that the network takes, where it takes one.
    public func plan(_ objective: String, _ model: PlanModel, size: PictureSize? = nil, only: Network.Size? = nil)
        throws(Problem) -> RenderPlan
    {
        let size = size ?? said(\.size) ?? PictureSize(side: Self.standardSize)
        var plan = RenderPlan(
            model: model.name, weights: model.weights, objective: objective, width: size.width, height: size.height,
            parameterization: said(\.param) ?? .fft, decorrelate: !noDecorrelate, transforms: try transforms(size, only).text,
            optimizer: said(\.optimizer) ?? .adam,
            // Another optimizer than the preset's has a rate of its own.
            learningRate: learningRate ?? (optimizer == nil ? said(\.learningRate) : nil),
            convolution: numerics.convolution, preprocessing: model.preprocessing)
        if let steps = said(\.steps) { plan.steps = steps }
        if let seed { plan.seed = seed }
        if let decayPower = said(\.decayPower) { plan.decayPower = decayPower }
        if let schedule = said(\.schedule) { plan.schedule = schedule }
        if let relu = said(\.relu) { plan.rectifier = relu }
        if let crops = said(\.crops) { plan.crops = crops }
        if let poolGradient { plan.poolGradient = poolGradient }
        plan.profile = numerics.profile
        plan.alpha = alpha
        plan.clipGradient = said(\.clipGradient)
        plan.normalizeGradient = normalizeGradient
        plan.untilConverged = untilConverged
        return plan
    }

    /// The changes that the picture must survive at each step.
    private func transforms(_ size: PictureSize, _ only: Network.Size?) throws(Problem) -> TransformChain {
        var list = TransformChain.expanded(said(\.transforms) ?? "lucid", size: min(size.width, size.height))
        if alpha, !list.contains("backdrop") { list = list == "none" ? "backdrop" : "backdrop " + list }
        do {
            let chain = try TransformChain(parsing: list)
            return only.map { chain.fitted(to: $0, from: size.networkSize) } ?? chain
        } catch {
            throw .usage("\(setting: "transforms"): \(error)")
        }
    }

    /// The objective with its penalties and the care for the opacity.
    private func complete(_ objective: Objective) -> Objective {
        var objective = negative ? -objective : objective
        if alpha {
            // tensorflow/lucid's example: a score is worth what it hides little for, and edges of the opacity are soft.
            objective = objective * (.constant(1) - .meanAlpha()) - 0.1 * .blurAlphaEachStep()
        }
        func add(_ weight: Float?, _ penalty: @autoclosure () -> Objective) {
            if let weight, weight != 0 { objective = objective - weight * penalty() }
        }
        add(tv, .totalVariation())
        add(l1, .l1(constant: 0.5))
        add(l2, .l2(constant: 0.5))
        add(blur, .blurInputEachStep())
        if let boundary, boundary != 0 { objective = objective + boundary * .penalizeBoundaryComplexity() }
        return objective
    }
}
