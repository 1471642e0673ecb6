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

    /// - Parameter preprocessing: nil for the one that comes with the name.
    public init(name: String, weights: String, preprocessing: Preprocessing?) {
        self.name = name
        self.weights = weights
        self.preprocessing = preprocessing
    }

    /// A network that was loaded.
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
    ///   - transforms: where none are said.
    ///   - seed: in the place of the settings' own.
    ///   - count: pictures that are drawn together.
    func plan(
        _ objective: Objective, model: Model, _ photographs: Photographs, transforms: String = RenderSettings.usualTransforms,
        seed: UInt64? = nil, count: Int = 1
    ) throws(Problem) -> RenderPlan {
        let only = objective.onlySize(in: model.network)
        var size = said(\.size) ?? only.map { PictureSize($0) }
        if let start, self.size == nil {
            let picture = try photographs.picture(photographs.name(of: start))
            size = PictureSize(width: picture.width, height: picture.height)
        } else if self.size == nil, let own = only ?? (hasListedStages ? nil : model.network.remarks.ownSize) {
            size = PictureSize(own)
        }
        let complete = complete(objective)
        let hasPhotographs = !objective.references.isEmpty || start != nil || mask != nil
        var plan = try plan(complete.text, PlanModel(model), size: size, only: only, transforms: transforms) { plan in
            !hasPhotographs && (try? Renderer.check(plan, model: model)) != nil
        }
        if let seed { plan.seed = seed }
        plan.count = count
        plan.start = start.map(photographs.name)
        plan.mask = mask.map(photographs.name)
        if let spectrum { plan.spectrum = try MagnitudeSpectrum(ofFolder: spectrum, maximumPixels: reading.maxPixels, notes: photographs.notes) }
        return plan
    }

    private var hasListedStages: Bool { if case .list = stages { true } else { false } }

    /// The plan for a complete objective in the expression language, but for the pictures that it names.
    ///
    /// - Parameters:
    ///   - size: nil for what is said, or else usual.
    ///   - only: the one size that the network takes, where it takes one.
    ///   - transforms: where none are said.
    ///   - isPossible: whether the network answers to a smaller picture, as a plan, that a preset would begin with.
    public func plan(
        _ objective: String, _ model: PlanModel, size: PictureSize? = nil, only: Network.Size? = nil,
        transforms: String = RenderSettings.usualTransforms, isPossible: (RenderPlan) -> Bool = { _ in true }
    ) throws(Problem) -> RenderPlan {
        var listed: PictureSize?
        if case .list(let list) = stages, let last = list.stages.last { listed = PictureSize(width: last.width, height: last.height) }
        let size = size ?? said(\.size) ?? listed ?? PictureSize(side: Self.standardSize)
        var plan = RenderPlan(
            model: model.name, weights: model.weights, objective: objective, width: size.width, height: size.height,
            parameterization: said(\.param) ?? .fft, decorrelate: !noDecorrelate, transforms: try self.transforms(size, only, usual: transforms).text,
            optimizer: said(\.optimizer) ?? .adam,
            // Another optimizer than the preset's has a rate of its own.
            learningRate: learningRate ?? (optimizer == nil ? said(\.learningRate) : nil),
            convolution: numerics.convolution, preprocessing: model.preprocessing)
        write(to: &plan, usual: look?.settings)
        if let decayPower = said(\.decayPower) {
            plan.decayPower = decayPower
            let isPlain = decayPower == 1 || (self.decayPower == nil ? look?.settings.plainDecay == true : plainDecay)
            plan.evenDecay = isPlain ? nil : true
        }
        plan.profile = numerics.profile
        if plan.parameterization.canvas.traits.contains(.spectrum) { plan.spectrum = .photographs }
        switch said(\.spectrumBound) {
        case .limits(let limits): plan.spectrumBound = limits
        case .some(.none): break
        case nil: if start == nil, preset == nil { plan.spectrumBound = plan.parameterization.canvas.usualBound }
        }
        addStages(to: &plan, size, isPossible)
        return plan
    }

    /// The smaller pictures to begin with, and the steps in all where the user says none.
    private func addStages(to plan: inout RenderPlan, _ size: PictureSize, _ isPossible: (RenderPlan) -> Bool) {
        switch said(\.stages) {
        case nil: break
        case .list(let list):
            let sizes = list.fitted(to: size, steps: steps).stages
            guard let last = sizes.last else {
                if case .rule(let rule) = usual(\.stages), said(\.steps) == nil { plan.steps = rule.steps(sizes: 1, total: nil)[0] }
                break
            }
            plan.stages = StageList(sizes.dropLast().filter { $0.steps > 0 })
            plan.steps = sizes.reduce(0) { $0 + $1.steps }
            if let rate = last.learningRate { plan.learningRate = rate }
        case .rule(let rule):
            let whole = plan
            let sizes = rule.sizes(for: size) { smaller in
                var plan = whole
                (plan.width, plan.height) = (smaller.width, smaller.height)
                return isPossible(plan)
            }
            let steps = rule.steps(sizes: sizes.count + 1, total: said(\.steps))
            plan.steps = steps.reduce(0, +)
            plan.stages = StageList(
                zip(sizes, steps).filter { $0.1 > 0 }.map { .init(height: $0.0.height, width: $0.0.width, steps: $0.1) })
        }
    }

    /// The set of transforms where none are said.
    public static let usualTransforms = "lucid"

    /// The changes that the picture must survive at each step.
    private func transforms(_ size: PictureSize, _ only: Network.Size?, usual: String) throws(Problem) -> TransformChain {
        var list = TransformChain.expanded(said(\.transforms) ?? usual, size: min(size.width, size.height))
        if alpha, !list.contains("backdrop") { list = list == "none" ? "backdrop" : "backdrop " + list }
        do {
            let chain = try TransformChain(parsing: list)
            return only.map { chain.fitted(to: $0, from: size.networkSize) } ?? chain
        } catch {
            throw .usage("\(setting: "transforms"): \(error)")
        }
    }

    /// The objective with its sign and the care for the opacity.
    private func complete(_ objective: Objective) -> Objective {
        var objective = negative ? -objective : objective
        if alpha {
            // After tensorflow/lucid's example: a score is worth what it hides little for, and edges of the opacity are soft. What is
            // in the middle hides the least, so that the unit's subject stands there.
            objective = objective * (.constant(1) - .meanAlpha(centre: 1)) - 0.1 * .blurAlphaEachStep()
        }
        return objective
    }

    /// The objective that was completed to one with the care for the opacity.
    static func withoutAlpha(_ text: String) -> String? {
        var settings = RenderSettings()
        settings.alpha = true
        let care = "*(1 - mean_alpha(centre=1)) - 0.1*blur_alpha_each_step()"
        guard text.hasSuffix(care) else { return nil }
        let objective = try? Objective(parsing: String(text.dropLast(care.count)), labels: nil, photographs: [:])
        return objective.flatMap { settings.complete($0).text == text ? $0.text : nil }
    }
}
