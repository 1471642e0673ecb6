/// An optimizer with its hyperparameters, as a plan spells it: `adam`, `adam(0.5,0.99)`, `sgd(0.9)`, `lbfgs(100)`.
public struct OptimizerChoice: Sendable, CodableByText, Equatable {
    /// Every optimizer, in the order in which help shows them.
    public static let rules: [any Optimizer.Type] = [
        Adam.self, AdamW.self, NesterovAdam.self, StochasticGradient.self, RootMeanSquare.self, LimitedMemoryBFGS.self,
    ]

    /// The optimizer's type.
    public let rule: any Optimizer.Type
    private let hyperparameters: [Float]

    /// An optimizer with the default hyperparameters.
    public init(_ rule: any Optimizer.Type) {
        self.rule = rule
        hyperparameters = rule.hyperparameters.map(\.defaultValue)
    }

    /// Reads a name, perhaps with all hyperparameters in parentheses; nil if there is no such optimizer or a number is not
    /// valid for it.
    public init?(_ text: String) {
        let head = text.prefix { $0 != "(" }
        guard let rule = Self.rules.first(where: { $0.name == head.trimmed }) else { return nil }
        self.init(rule)
        let rest = text.dropFirst(head.count).trimmed
        if rest.isEmpty { return }
        guard rest.first == "(", rest.last == ")" else { return nil }
        let numbers = rest.dropFirst().dropLast().split(separator: ",").map { Float($0.trimmed) }
        guard numbers.count == rule.hyperparameters.count,
            zip(rule.hyperparameters, numbers).allSatisfy({ $1.map($0.isValid) ?? false })
        else { return nil }
        self.init(rule, numbers.map { $0! })
    }

    private init(_ rule: any Optimizer.Type, _ hyperparameters: [Float]) {
        self.rule = rule
        self.hyperparameters = hyperparameters
    }

    public static func == (left: OptimizerChoice, right: OptimizerChoice) -> Bool {
        left.rule == right.rule && left.hyperparameters == right.hyperparameters
    }

    public var description: String {
        if hyperparameters == rule.hyperparameters.map(\.defaultValue) { return rule.name }
        return "\(rule.name)(\(hyperparameters.map(plain).joined(separator: ",")))"
    }

    /// The name with the default hyperparameters, as help shows it: "adam(0.9,0.999)".
    public static func usage(of rule: any Optimizer.Type) -> String {
        "\(rule.name)(\(rule.hyperparameters.map { plain($0.defaultValue) }.joined(separator: ",")))"
    }

    /// The learning rate where none is given.
    public var defaultLearningRate: Float { rule.defaultLearningRate }

    /// Values that the optimizer remembers for each parameter.
    public var valuesPerParameter: Int { rule.valuesPerParameter(hyperparameters) }

    /// The optimizer itself, before its first step.
    public func optimizer(learningRate: Float) -> any Optimizer {
        rule.init(learningRate: learningRate, hyperparameters: hyperparameters)
    }
}
