import Images
import Networks
import Visualization

/// The command line that a plan came from, or an equal one, for people to copy.
struct PlanCommand {
    let arguments: [String]

    /// - Returns: nil where a plan holds what only the picture itself can give back: photographs, a measured spectrum, an
    ///   opacity, preprocessing of its own, pictures drawn together.
    init?(_ plan: RenderPlan) {
        guard plan.count == 1, !plan.alpha, plan.pictures.isEmpty, plan.spectrum == nil, plan.preprocessing == nil else { return nil }
        guard let subject = Subject(plan.objective) else { return nil }
        var arguments = ["lucid", subject.command]
        func add(_ option: String, _ value: String, unless isUsual: Bool) {
            if !isUsual { arguments += ["--\(option)", value] }
        }
        func add(_ flag: String, if isSet: Bool) {
            if isSet { arguments.append("--\(flag)") }
        }
        add("model", plan.model, unless: plan.model == Self.usualModel)
        arguments += subject.arguments
        let size = PictureSize(width: plan.width, height: plan.height)
        let usual = Preset.standard
        add("size", size.description, unless: plan.width == usual.size && plan.height == usual.size)
        add("steps", "\(plan.steps)", unless: plan.steps == usual.steps)
        add("seed", "\(plan.seed)", unless: plan.seed == 0)
        add("param", "\(plan.parameterization)", unless: plan.parameterization == usual.param)
        let canvas = plan.parameterization.canvas
        add("decay-power", "\(plan.decayPower)", unless: !canvas.traits.contains(.decayPower) || plan.decayPower == usual.decayPower)
        add("no-decorrelate", if: !plan.decorrelate)
        let transforms = TransformChain.expanded(usual.transforms, size: min(plan.width, plan.height))
        add("transforms", plan.transforms, unless: plan.transforms == (try? TransformChain(parsing: transforms))?.text)
        add("optimizer", "\(plan.optimizer)", unless: plan.optimizer == usual.optimizer)
        add("learning-rate", "\(plan.learningRate)", unless: plan.learningRate == canvas.defaultLearningRate(of: plan.optimizer))
        add("schedule", "\(plan.schedule)", unless: "\(plan.schedule)" == usual.schedule)
        add("relu", plan.rectifier.rawValue, unless: plan.rectifier.rawValue == usual.relu)
        add("pool-gradient", plan.poolGradient.rawValue, unless: plan.poolGradient == .winner)
        add("crops", "\(plan.crops)", unless: plan.crops == usual.crops)
        if let longest = plan.clipGradient { add("clip-gradient", "\(longest)", unless: false) }
        add("normalize-gradient", if: plan.normalizeGradient)
        if let share = plan.untilConverged { add("until-converged", "\(share)", unless: false) }
        if let size = plan.outputSize { add("output-size", PictureSize(width: size.width, height: size.height).description, unless: false) }
        add("convolution", plan.convolution.rawValue, unless: plan.convolution == .auto)
        add("reproducible", if: plan.profile != nil)
        self.arguments = arguments
    }

    init(_ arguments: [String]) { self.arguments = arguments }

    /// The command that makes any picture again.
    init(replaying file: String) { self.init(["lucid", "replay", file]) }

    /// What a shell reads.
    var text: String { arguments.map(Self.quoted).joined(separator: " ") }

    /// The network that needs no name.
    private static let usualModel = "squeezenet1_1"

    private static func quoted(_ word: String) -> String {
        let plain = !word.isEmpty && word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./=:,+@%".unicodeScalars.contains(scalar))
        }
        return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

/// What an objective is of: a unit that has a command of its own, or an expression.
struct Subject {
    let command: String
    let arguments: [String]
    /// Where there is one.
    var layer: String?
    var index: Int?

    /// - Returns: nil if the text is no objective.
    init?(_ text: String) {
        guard let objective = try? Objective(parsing: text, labels: nil, photographs: [:]) else { return nil }
        let isNegative = text.hasPrefix("-")
        let call = isNegative ? String(text.dropFirst()) : text
        for (command, objective, arguments, layer, index) in Self.units(call)
        where objective.text == call && (isNegative ? (-objective).text : objective.text) == text {
            self.command = command
            self.arguments = arguments + (isNegative ? ["--negative"] : [])
            (self.layer, self.index) = (layer, index)
            return
        }
        command = "render"
        arguments = [objective.text]
        layer = nil
        index = nil
    }

    /// What "name(a,b)" can mean.
    private static func units(_ call: String) -> [(String, Objective, [String], String?, Int?)] {
        guard let open = call.firstIndex(of: "("), call.last == ")" else { return [] }
        let name = call[..<open]
        let inner = call[call.index(after: open)...].dropLast()
        var parts = inner.split(separator: ",").map(String.init)
        guard let first = parts.first else { return [] }
        let layer = first.filter { $0 != "\"" }
        parts.removeFirst()
        let index = parts.first.flatMap(Int.init)
        func named(_ name: String) -> Int? {
            parts.first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
        }
        switch (name, index) {
        case ("channel", let index?):
            return [("channel", .channel(layer, index), ["--layer", layer, "--index", "\(index)"], layer, index)]
        case ("neuron", let index?):
            let place = ["x", "y"].flatMap { name in named(name).map { ["--\(name)", "\($0)"] } ?? [] }
            return [("neuron", .neuron(layer, index, x: named("x"), y: named("y")), ["--layer", layer, "--index", "\(index)"] + place, layer, index)]
        case ("layer", nil): return [("layer", .layer(layer), ["--layer", layer], layer, nil)]
        case ("class_logit", nil):
            guard let index = Int(first) else { return [] }
            return [("class", .classLogit(index), ["--index", "\(index)"], nil, index)]
        default: return []
        }
    }
}
