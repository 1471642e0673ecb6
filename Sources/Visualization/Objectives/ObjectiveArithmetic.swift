import Networks
import Tensors

/// Objectives add, subtract, scale and multiply; each result is an objective again.
extension Objective {
    /// Both scores together.
    public static func + (left: Objective, right: Objective) -> Objective {
        combine(left, right, text: "\(left.text) + \(right.text)", measure: mixedMeasure, binding: .sum) { sum, term in sum.add(term) }
    }

    /// The first score without the second.
    public static func - (left: Objective, right: Objective) -> Objective {
        let measure = left.measure == right.measure && left.measure != mixedMeasure ? "difference in \(left.measure)" : mixedMeasure
        return combine(left, right, text: "\(left.text) - \(right.text(within: .product))", measure: measure, binding: .sum) { sum, term in
            var term = term
            term.scale(by: -1)
            sum.add(term)
        }
    }

    /// The product of two scores: (a·b)′ = a′·b + a·b′.
    public static func * (left: Objective, right: Objective) -> Objective {
        let text = "\(left.text(within: .product))*\(right.text(within: .product))"
        return combine(left, right, text: text, measure: mixedMeasure, binding: .product) { product, factor in
            let (first, second) = (product.score, factor.score)
            var other = factor
            product.scale(by: second)
            other.scale(by: first)
            product.add(other)
            product.score = first * second
        }
    }

    /// A score with a weight.
    public static func * (factor: Float, objective: Objective) -> Objective {
        let operand = objective.text(within: .product)
        return Objective(
            text: factor == -1 ? "-\(operand)" : "\(plain(factor))*\(operand)",
            measure: factor == 1 ? objective.measure : factor == -1 ? "negated \(objective.measure)" : mixedMeasure, requests: objective.requests,
            references: objective.references, checks: objective.checks, binding: factor < 0 ? .sum : .product
        ) { batch in
            var evaluation = objective.evaluate(batch)
            evaluation.scale(by: factor)
            return evaluation
        }
    }

    /// The same score with the opposite sign.
    public static prefix func - (objective: Objective) -> Objective { -1 * objective }

    /// A number: as a term it moves the score, as a factor it is a weight.
    public static func constant(_ value: Float) -> Objective {
        Objective(text: plain(value), measure: "constant", binding: value < 0 ? .sum : .atom) { batch in
            Evaluation(score: value, gradients: batch.samples.map { _ in Evaluation.Gradients() })
        }
    }

    /// The objective for one of the pictures that are drawn together.
    ///
    /// - Parameter picture: counted from 0.
    public func of(picture: Int) -> Objective {
        // It sees a batch of that one picture.
        let inner = checks.map { check -> ObjectiveCheck in
            switch check {
            case .pictures(_, let what): .alone(what)
            case .picture(let other) where other > 0: .alone("picture(\(other), …)")
            default: check
            }
        }
        return Objective(
            text: "picture(\(picture),\(text))", measure: "\(measure) of picture \(picture)", requests: requests, references: references,
            checks: inner + [.picture(picture)]
        ) { batch in
            let part = evaluate(Batch(samples: [batch.samples[picture]], references: batch.references))
            var gradients = batch.samples.map { _ in Evaluation.Gradients() }
            gradients[picture] = part.gradients[0]
            return Evaluation(score: part.score, gradients: gradients)
        }
    }

    private static func combine(
        _ left: Objective, _ right: Objective, text: String, measure: String, binding: Binding,
        with combination: @escaping @Sendable (inout Evaluation, Evaluation) -> Void
    ) -> Objective {
        Objective(
            text: text, measure: measure, requests: left.requests.merging(right.requests) { $0.union($1) },
            references: left.references.union(right.references), checks: left.checks + right.checks, binding: binding
        ) { batch in
            var result = left.evaluate(batch)
            combination(&result, right.evaluate(batch))
            return result
        }
    }
}

extension Objective.Function {
    static let picture = Self(
        name: "picture", usage: "picture(NUMBER, EXPRESSION)", help: "the expression for one of the pictures drawn together"
    ) { arguments throws(ExpressionError) in
        let picture = try arguments.integer("a picture's number")
        return try arguments.expression().of(picture: picture)
    }
}
