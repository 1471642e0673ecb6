import Networks
import Tensors

/// Objectives add, subtract, scale and multiply; each result is an objective again.
extension Objective {
    /// Both scores together.
    public static func + (left: Objective, right: Objective) -> Objective {
        combine(left, right, text: "\(left.text) + \(right.text)", binding: .sum) { sum, term in sum.add(term) }
    }

    /// The first score without the second.
    public static func - (left: Objective, right: Objective) -> Objective {
        combine(left, right, text: "\(left.text) - \(right.text(within: .product))", binding: .sum) { sum, term in
            var term = term
            term.scale(by: -1)
            sum.add(term)
        }
    }

    /// The product of two scores: (a·b)′ = a′·b + a·b′.
    public static func * (left: Objective, right: Objective) -> Objective {
        let text = "\(left.text(within: .product))*\(right.text(within: .product))"
        return combine(left, right, text: text, binding: .product) { product, factor in
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
            text: factor == -1 ? "-\(operand)" : "\(plain(factor))*\(operand)", requests: objective.requests,
            references: objective.references, checks: objective.checks, binding: factor < 0 ? .sum : .product
        ) { scene in
            var evaluation = objective.evaluate(scene)
            evaluation.scale(by: factor)
            return evaluation
        }
    }

    /// What lowers the score.
    public static prefix func - (objective: Objective) -> Objective { -1 * objective }

    /// A number: as a term it moves the score, as a factor it is a weight.
    public static func constant(_ value: Float) -> Objective {
        Objective(text: plain(value), binding: value < 0 ? .sum : .atom) { scene in
            Evaluation(score: value, frames: scene.frames.map { _ in Evaluation.Gradients() })
        }
    }

    /// The objective of one of the pictures that are drawn together.
    ///
    /// - Parameter picture: counted from 0.
    public func of(picture: Int) -> Objective {
        // What it is shown is the one picture there is.
        let inner = checks.map { check -> ObjectiveCheck in
            switch check {
            case .pictures(_, let what): .alone(what)
            case .picture(let other) where other > 0: .alone("picture(\(other), …)")
            default: check
            }
        }
        return Objective(
            text: "picture(\(picture),\(text))", requests: requests, references: references,
            checks: inner + [.picture(picture)]
        ) { scene in
            let part = evaluate(Scene(frames: [scene.frames[picture]], references: scene.references))
            var frames = scene.frames.map { _ in Evaluation.Gradients() }
            frames[picture] = part.frames[0]
            return Evaluation(score: part.score, frames: frames)
        }
    }

    private static func combine(
        _ left: Objective, _ right: Objective, text: String, binding: Binding,
        with combination: @escaping @Sendable (inout Evaluation, Evaluation) -> Void
    ) -> Objective {
        Objective(
            text: text, requests: left.requests.merging(right.requests) { $0.union($1) },
            references: left.references.union(right.references), checks: left.checks + right.checks, binding: binding
        ) { scene in
            var result = left.evaluate(scene)
            combination(&result, right.evaluate(scene))
            return result
        }
    }
}
