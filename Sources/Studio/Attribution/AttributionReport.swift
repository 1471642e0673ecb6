import Analysis
import FoundationEssentials
import Images
import Networks
import Tensors

/// A map as JSON, with what it adds up to.
struct AttributionReport: Encodable, Sendable {
    struct Target: Encodable, Sendable {
        let expression: String
        let label: String
        let score: Float
        let scoreUnit: String
        let baselineScore: Float?
    }

    /// The difference between what the map adds up to and what it should.
    struct Completeness: Encodable, Sendable {
        let expected: Double
        let absolute: Double
        /// As a share of what it should be; nil where that is 0.
        let relative: Double?
    }

    struct Channel: Encodable, Sendable {
        let index: Int
        let attribution: Double
        /// As a share of the sum of all sizes.
        let share: Double
    }

    struct Map: Encodable, Sendable {
        let rows: Int
        let columns: Int
        let least: Float
        let most: Float
    }

    let model: String
    let weights: String
    let photo: String
    let target: Target
    let method: String
    let layer: String?
    let baseline: String?
    let sum: Double
    let completeness: Completeness?
    let limit: Float
    let map: Map
    /// The strongest, for and against the target, the strongest first.
    let channels: [Channel]?
    let check: AttributionCheck?
    let file: String

    private static let strongest = 20

    init(
        _ plan: AttributionPlan, _ found: Attribution, _ drawing: AttributionFigure, check: AttributionCheck?, file: String
    ) {
        let map = drawing.map
        (model, weights, photo, method, layer) = (plan.model, plan.weights, plan.photo, plan.recipe.method.rawValue, plan.layer)
        target = Target(
            expression: plan.objective, label: plan.words, score: found.score, scoreUnit: Plan.measure(of: plan.objective),
            baselineScore: found.baselineScore)
        baseline = plan.recipe.method.usesBaseline ? plan.baseline.text : plan.recipe.method == .activationPath ? "no activation" : nil
        let sum = (plan.recipe.method.addsUpToItsMap ? found.values : map).sum()
        self.sum = sum
        if plan.recipe.method.isComplete, let base = found.baselineScore {
            let expected = Double(found.score) - Double(base)
            completeness = Completeness(
                expected: expected, absolute: sum - expected, relative: expected == 0 ? nil : (sum - expected) / expected)
        } else {
            completeness = nil
        }
        limit = drawing.limit
        let values = map.elements
        self.map = Map(rows: map.shape.height, columns: map.shape.width, least: values.min() ?? 0, most: values.max() ?? 0)
        let all = (found.channels ?? []).reduce(0) { $0 + abs($1.attribution) }
        channels = found.channels.map { channels in
            channels.map(\.attribution).enumerated().filter { $0.element != 0 }.sorted { (abs($0.element), $1.offset) > (abs($1.element), $0.offset) }
                .prefix(Self.strongest).map { Channel(index: $0.offset, attribution: $0.element, share: $0.element / all) }
        }
        (self.check, self.file) = (check, file)
    }

    /// Where the sum is far from what it should be, a sentence about it.
    var incompleteness: String? {
        guard let relative = completeness?.relative, abs(relative) > Self.mostIncomplete else { return nil }
        return "the map's sum is \(rounded(abs(relative) * 100, 0)) % off the difference of the scores; try more steps or samples, or another baseline"
    }

    private static let mostIncomplete = 0.05

    /// "logit 19.3; the map adds up to 19.2, of 19.1 from the baseline (0.4 % off)"
    var scores: String {
        var text = "\(target.scoreUnit) \(number(Double(target.score)))"
        if let completeness, let base = target.baselineScore {
            text += ", \(number(Double(base))) for the baseline (\(baseline!)); the map adds up to \(number(sum))"
            if let relative = completeness.relative { text += ", \(rounded(abs(relative) * 100, 2)) % off the difference" }
        } else if method == AttributionMethod.gradientTimesActivation.rawValue {
            text += "; the map adds up to \(number(sum))"
        }
        return text
    }

    /// "the channels most for it: 5 (+1.2), 8 (+0.7); against it: 3 (−0.4)"; nil of pixels.
    var strongestChannels: String? {
        guard let channels, !channels.isEmpty else { return nil }
        func words(_ sign: Double) -> String? {
            let some = channels.filter { $0.attribution * sign > 0 }.prefix(3)
            return some.isEmpty ? nil : some.map { "\($0.index) (\(sign > 0 ? "+" : "-")\(number(abs($0.attribution))))" }.joined(separator: ", ")
        }
        return [words(1).map { "channels most for it: \($0)" }, words(-1).map { "most against it: \($0)" }].compactMap { $0 }.joined(separator: "; ")
    }

    private func number(_ value: Double) -> String { rounded(value, abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2) }
}
