import Visualization

extension Plan {
    /// What the score of its pictures is, in the field's words: "mean activation". Whatever shows a score says it beside.
    var measure: String {
        if case .style = self { return "negated sum of the losses" }
        return Self.measure(of: objective)
    }

    /// What an objective's number is; "score" of one that this program does not know.
    static func measure(of objective: String) -> String { (try? Objective(parsing: objective))?.measure ?? "score" }
}

extension Collection<String> {
    /// The one measure that all have.
    var shared: String? { Set(self).count == 1 ? first : nil }
}

extension DrawnPicture {
    /// "mean activation 371.05"
    public var scoreText: String { "\(plan.measure) \(rounded(Double(score), 2))" }
}
