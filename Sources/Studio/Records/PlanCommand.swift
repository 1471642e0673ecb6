import ModelStore
import Networks
import Visualization

/// The command that a plan came from, or an equal one, for people to copy: the command's name, and the texts of its settings.
public struct PlanCommand: Sendable, Equatable {
    /// "channel"
    public let command: String
    /// The settings that say more than the defaults, in their order; a flag's text is empty.
    public let settings: [(name: String, text: String)]
    /// The texts that stand without a setting's name.
    public let arguments: [String]

    public static func == (one: PlanCommand, other: PlanCommand) -> Bool {
        one.command == other.command && one.arguments == other.arguments && one.settings.elementsEqual(other.settings, by: ==)
    }

    /// - Returns: nil where a plan holds what only the picture itself can give back: photographs, a measured spectrum, an
    ///   opacity, preprocessing of its own, pictures drawn together.
    public init?(_ plan: RenderPlan) {
        guard plan.count == 1, !plan.alpha, plan.pictures.isEmpty, plan.spectrum == nil || plan.spectrum == .photographs,
            Self.input(plan.preprocessing, of: plan.model) != nil
        else { return nil }
        self.init(naming: plan)
    }

    /// The same with names in the place of what only the picture can give back: photographs are called as the plan calls them.
    init?(naming plan: RenderPlan) {
        var objective = plan.objective
        if plan.alpha {
            guard let own = RenderSettings.withoutAlpha(objective) else { return nil }
            objective = own
        }
        // Only an expression draws several together.
        guard let subject = plan.count > 1 ? Subject(expression: objective) : Subject(objective) else { return nil }
        var (said, given) = (RenderSettings(), [(name: String, text: String)]())
        if plan.model != Self.usualModel { given.append(("model", plan.model)) }
        given += (Self.input(plan.preprocessing, of: plan.model) ?? []) + subject.settings
        let model = PlanModel(name: plan.model, weights: plan.weights, preprocessing: nil)
        // Each setting that would be another is said, in their order: one may change what is usual for the next.
        for setting in RenderSettings.settings {
            guard let field = setting.field, let text = field.text(plan), let usual = try? said.plan(plan.objective, model, transforms: subject.usualTransforms)
            else { continue }
            if field.text(usual) == text { continue }
            guard (try? setting.set(&said, [text])) != nil else { return nil }
            given.append((setting.name, text))
        }
        if let power = subject.cosinePower, said.cosinePower(usual: subject.usualPower) != power { given.append(("cosine-power", power.text)) }
        if let size = plan.outputSize { given.append(("output-size", PictureSize(size).text)) }
        (command, arguments, settings) = (subject.command, subject.arguments, given)
    }
}

extension PlanCommand {
    init(_ command: String, _ settings: [(name: String, text: String)], _ arguments: [String]) {
        (self.command, self.settings, self.arguments) = (command, settings, arguments)
    }

    /// The command that makes any picture again.
    public init(replaying file: String) { (command, settings, arguments) = ("replay", [], [file]) }

    /// The command that shows how a picture was made, and lists what is on a sheet.
    init(describing file: String) { (command, settings, arguments) = ("info", [], [file]) }

    /// The settings that say what a plan says of the network's input: none where its name does; nil where the plan has numbers of its
    /// own for weights that the name alone does not tell.
    static func input(_ preprocessing: Preprocessing?, of model: String) -> [(name: String, text: String)]? {
        guard let preprocessing else { return [] }
        guard ModelLibrary.isGraphFile(model) else { return nil }
        func text(_ numbers: [Float]) -> String { numbers.map(\.text).joined(separator: ",") }
        return [("range", text(preprocessing.range)), ("mean", text(preprocessing.mean)), ("std", text(preprocessing.std))]
            + (preprocessing.bgr ? [("bgr", "")] : []) + (preprocessing.inputs ?? []).map { ("input", "\($0.name)=\($0.source)") }
    }

    /// The network that needs no name.
    static let usualModel = "squeezenet1_1"
}

/// The thing that an objective is about: a unit that has a command of its own, or an expression.
public struct Subject: Sendable {
    /// The command that draws it.
    public let command: String
    let settings: [(name: String, text: String)]
    let arguments: [String]
    /// The unit's layer, where there is one.
    public private(set) var layer: String?
    /// The unit's channel or class, where there is one.
    public private(set) var index: Int?
    /// The power of the unit's cosine, where its command leaves a choice.
    private(set) var cosinePower: Float?
    /// The usual one.
    var usualPower: Float { command == ClassRequest.command ? RenderSettings.classPower : 1 }
    /// The transforms of its command.
    var usualTransforms: String {
        let request = allRequests.first { $0.command == command } as? any RenderRequest.Type
        return request?.usualTransforms ?? RenderSettings.usualTransforms
    }

    /// - Returns: nil if the text is no objective.
    init?(expression text: String) {
        guard let objective = try? Objective(parsing: text, labels: nil, photographs: [:]) else { return nil }
        (command, settings, arguments) = (ExpressionRequest.command, [], [objective.text])
    }

    /// - Returns: nil if the text is no objective.
    public init?(_ text: String) {
        guard let objective = try? Objective(parsing: text, labels: nil, photographs: [:]) else { return nil }
        let isNegative = text.hasPrefix("-")
        let call = isNegative ? String(text.dropFirst()) : text
        if let unit = Unit(call), unit.objective.text == call, (isNegative ? (-unit.objective).text : unit.objective.text) == text {
            command = unit.command
            (layer, index, cosinePower) = (unit.layer, unit.index, unit.cosinePower)
            settings = unit.settings + (isNegative ? [("negative", "")] : [])
            arguments = []
        } else {
            (command, settings, arguments) = ("render", [], [objective.text])
        }
    }

    /// "name(a,b)", where that is a unit.
    private struct Unit {
        let command: String
        let objective: Objective
        var layer: String?
        var index: Int?
        var cosinePower: Float?
        var place: [(name: String, text: String)] = []

        var settings: [(name: String, text: String)] {
            [layer.map { ("layer", $0) }, index.map { ("index", "\($0)") }].compactMap { $0 } + place
        }

        init?(_ call: String) {
            guard let open = call.firstIndex(of: "("), call.last == ")" else { return nil }
            let parts = call[call.index(after: open)...].dropLast().split(separator: ",").map(String.init)
            guard let first = parts.first else { return nil }
            let layer = first.filter { $0 != "\"" }
            let index = parts.dropFirst().first.flatMap(Int.init)
            let part = parts.first { $0.hasPrefix("of=") }.flatMap { MapPart(rawValue: String($0.dropFirst("of=".count))) } ?? .whole
            let power = parts.first { $0.hasPrefix("pow=") }.flatMap { Float($0.dropFirst("pow=".count)) }
            func named(_ name: String) -> Int? {
                parts.first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
            }
            switch (call[..<open], index) {
            case ("channel", let index?):
                (command, objective, self.layer, self.index, cosinePower) = ("channel", .channel(layer, index), layer, index, 0)
            case ("channel_cosine", let index?):
                (command, objective, self.layer) = ("channel", .channelCosine(layer, index, power: power ?? 1, of: part), layer)
                (self.index, cosinePower) = (index, power ?? 1)
            case ("neuron", let index?):
                (command, objective) = ("neuron", .neuron(layer, index, x: named("x"), y: named("y")))
                (self.layer, self.index) = (layer, index)
                place = ["x", "y"].compactMap { name in named(name).map { (name, "\($0)") } }
            case ("layer", nil): (command, objective, self.layer) = ("layer", .layer(layer), layer)
            case ("class_logit", nil):
                guard let index = Int(first) else { return nil }
                (command, objective, self.index, cosinePower) = ("class", .classLogit(index), index, 0)
            case ("class_direction", nil):
                guard let index = Int(first) else { return nil }
                let own = power ?? RenderSettings.classPower
                (command, objective, self.index, cosinePower) = ("class", .classDirection(index, power: own), index, own)
            default: return nil
            }
        }
    }
}
