import Networks
import Visualization

extension Record {
    /// A command that makes the picture, or the sheet, again, with its photographs called by their names; FILE and FOLDER stand for what
    /// has no name in a plan. Nil where none does, as for one frame of a film.
    public var command: PlanCommand? {
        guard let drawn = pictures.first, pictures.allSatisfy({ $0.plan == drawn.plan && $0.complete }) else { return nil }
        switch drawn.plan {
        case .picture(let plan): return (plan.count > 1) == isSheet ? PlanCommand(with: plan) : nil
        case .dream(let plan): return PlanCommand(plan)
        case .flight(let plan): return PlanCommand(plan)
        case .style(let plan): return PlanCommand(plan)
        case .attribution(let plan): return PlanCommand(plan)
        case .tuning(let plan): return PlanCommand(plan)
        case .exemplars(let plan): return PlanCommand(plan)
        default: return nil
        }
    }
}

extension PlanCommand {
    /// A render's, of one picture or of several that are drawn together.
    fileprivate init?(with plan: RenderPlan) {
        guard Self.input(plan.preprocessing, of: plan.model) != nil, !plan.shared, !plan.aligned, let plain = PlanCommand(naming: plan) else { return nil }
        var settings = plain.settings
        func add(_ name: String, _ text: String?) { if let text, !settings.contains(where: { $0.name == name }) { settings.append((name, text)) } }
        if plan.count > 1 {
            guard plain.command == "render" else { return nil }
            add("count", "\(plan.count)")
        }
        // The start's own size would be usual.
        if plan.start != nil { add("size", PictureSize(width: plan.width, height: plan.height).text) }
        add("start", plan.start)
        add("mask", plan.mask)
        if let spectrum = plan.spectrum, spectrum != .photographs { add("spectrum", "FOLDER") }
        for (name, text) in ownWeights(plan.weights, of: plan.model) { add(name, text) }
        self.init(plain.command, settings, plain.arguments)
    }

    /// A dream's; several layers are balanced by weights that no option gives.
    fileprivate init?(_ plan: DreamPlan) {
        guard plan.frame == nil, let input = Self.input(plan.preprocessing, of: plan.model), let subject = Self.subject(ofDream: plan.objective) else { return nil }
        var usual = DreamPlan(
            model: plan.model, weights: plan.weights, objective: plan.objective, photo: plan.photo, width: plan.width, height: plan.height)
        if plan.photo == nil { usual.iterations = 40 }
        var settings = plan.model == Self.usualModel ? [] : [("model", plan.model)]
        settings += input + subject + [("size", PictureSize(width: plan.width, height: plan.height).text)]
        if plan.photo == nil { settings.append(("from-noise", "")) }
        settings += DreamSettings.changes(from: usual, to: plan)
        if let mask = plan.mask { settings.append(("mask", mask)) }
        settings += ownWeights(plan.weights, of: plan.model)
        self.init("deepdream", settings, [plan.photo].compactMap { $0 })
    }

    fileprivate init?(_ plan: Plan.FlightPlan) {
        var first = plan.dream
        (first.frame, first.zoom) = (nil, nil)
        guard let zoom = plan.dream.zoom, let dream = PlanCommand(first) else { return nil }
        self.init(dream.command, dream.settings + [("zoom", zoom.text), ("frames", "\(plan.frames)"), ("rate", plan.rate.text)], dream.arguments)
    }

    /// A transfer's of style.
    fileprivate init?(_ plan: StylePlan) {
        guard let input = Self.input(plan.preprocessing, of: plan.model), let last = plan.stages.last, let first = plan.stages.first else { return nil }
        func texts(_ layers: [StylePlan.LayerWeight]) -> [String] { layers.map { LayerShare(name: $0.layer, share: $0.weight).text } }
        let usual = StylePlan(
            model: plan.model, weights: plan.weights, content: plan.content, styles: plan.styles, contentLayers: plan.contentLayers,
            styleLayers: plan.styleLayers, stages: plan.stages)
        var settings = plan.model == "vgg16" ? [] : [("model", plan.model)]
        settings += input + [
            ("size", PictureSize(width: last.width, height: last.height).text), ("stages", "\(plan.stages.count)"), ("steps", "\(first.steps)"),
        ]
        settings += texts(plan.contentLayers).map { ("content-layer", $0) } + texts(plan.styleLayers).map { ("style-layer", $0) }
        if plan.styles.contains(where: { $0.weight != 1 }) {
            settings.append(("blend", plan.styles.map(\.weight.text).joined(separator: ",")))
        }
        settings += plan.styles.compactMap { style in style.mask.map { ("mask", $0) } }
        settings += StyleSettings.changes(from: usual, to: plan)
        if let start = plan.start { settings.append(("start", start)) }
        settings += ownWeights(plan.weights, of: plan.model)
        self.init("style", settings, [plan.content] + plan.styles.map(\.picture))
    }

    /// A map's.
    fileprivate init?(_ plan: AttributionPlan) {
        guard plan.preprocessing == nil, plan.from == nil else { return nil }
        var settings = plan.model == Self.usualModel ? [] : [("model", plan.model)]
        settings += [("target", plan.objective), ("method", plan.recipe.method.rawValue)]
        if let layer = plan.layer { settings.append(("layer", layer)) }
        var usual = plan
        AttributionSettings().write(to: &usual)
        (usual.convolution, usual.profile) = (.auto, nil)
        settings += AttributionSettings.changes(from: usual, to: plan).filter { AttributionSettings.isUsed($0.name, by: plan.recipe.method) }
        if let icons = plan.icons { settings.append(("icons", OutputNames.path(icons.picture, ending: ".json"))) }
        settings += ownWeights(plan.weights, of: plan.model)
        self.init(AttributeRequest.command, settings, [plan.photo])
    }

    /// A chart's of tuning curves.
    fileprivate init?(_ plan: TuningPlan) {
        guard let input = Self.input(plan.preprocessing, of: plan.model) else { return nil }
        var settings = plan.model == Self.usualModel ? [] : [("model", plan.model)]
        settings += input + [("layer", plan.layer), ("index", plan.index)]
        var usual = plan
        TuningSettings().write(to: &usual)
        (usual.convolution, usual.profile) = (.auto, nil)
        settings += TuningSettings.changes(from: usual, to: plan) + ownWeights(plan.weights, of: plan.model)
        self.init(TuningRequest.command, settings, [])
    }

    /// A sheet's of exemplars. Only a scan knows classes.
    fileprivate init?(_ plan: ExemplarsPlan) {
        guard let input = Self.input(plan.preprocessing, of: plan.model) else { return nil }
        let usual = ExemplarsRequest()
        var settings: [(name: String, text: String)] = plan.model == Self.usualModel ? [] : [("model", plan.model)]
        settings += input
        let isOfScan = plan.exemplars.contains(where: { $0.label != nil })
        settings.append(isOfScan ? ("scan", "FILE") : ("photos", "FOLDER"))
        if let expression = plan.unit.expression {
            settings.append(("objective", expression))
        } else if let layer = plan.unit.layer, let direction = plan.unit.direction {
            settings.append(("layer", layer))
            if let single = direction.wholeMatch(of: /([0-9]+):1/) {
                settings.append(("index", String(single.1)))
            } else {
                settings.append(("vector", "FILE"))
            }
            // An expression has no positions to choose a part by.
            settings.append(("crop", plan.crop.rawValue))
        } else {
            return nil
        }
        let best = plan.exemplars.count { $0.band == ExemplarChoice.best }
        if best != usual.count { settings.append(("count", "\(best)")) }
        if best == plan.exemplars.count { settings.append(("top", "")) }
        if plan.byMean { settings.append(("by", ExemplarsRequest.Measure.mean.rawValue)) }
        if plan.cell != usual.cell { settings.append(("cell", "\(plan.cell)")) }
        if let beside = plan.beside { settings.append(("beside", beside)) }
        if let drawing = plan.drawing { settings += [("draw", ""), ("steps", "\(drawing.steps)")] }
        if plan.profile != nil { settings.append(("reproducible", "")) }
        settings += ownWeights(plan.weights, of: plan.model)
        self.init(ExemplarsRequest.command, settings, [])
    }

    /// One layer, its channels, or a guide.
    private static func subject(ofDream objective: String) -> [(name: String, text: String)]? {
        if let whole = objective.wholeMatch(of: /layer\(([^,()]+)\)/) { return [("layer", String(whole.1))] }
        if let guide = objective.wholeMatch(of: /guide\(([^,()"]+),([^,()"]+)\)/) { return [("layer", String(guide.1)), ("guide", String(guide.2))] }
        var (layers, channels) = (Set<Substring>(), [Substring]())
        for term in objective.split(separator: " + ") {
            guard let channel = term.wholeMatch(of: /channel\(([^,()]+),([0-9]+)\)/) else { return nil }
            layers.insert(channel.1)
            channels.append(channel.2)
        }
        return layers.count == 1 ? [("layer", String(layers.first!)), ("channel", channels.joined(separator: ","))] : nil
    }
}

/// Settings for weights that are none of those that come with a network's name; FILE stands for their file.
private func ownWeights(_ weights: String, of model: String) -> [(name: String, text: String)] {
    guard (try? Session.library().rulesOut(weights: weights, of: model)) == true else { return [] }
    return [("weights", "FILE")] + (WeightsIdentity(weights).key.map { [("weights-key", $0)] } ?? [])
}

extension SettingGroup {
    /// The settings that make one plan of another.
    fileprivate static func changes(from usual: PlanType, to plan: PlanType) -> [(name: String, text: String)] {
        settings.compactMap { setting in
            guard let field = setting.field, let text = field.text(plan), text != field.text(usual) else { return nil }
            return (setting.name, text)
        }
    }
}
