/// What a unit answers to, family by family.
public struct UnitTuning: Sendable {
    /// Of each family of stimuli, in the families' order.
    public let families: [FamilyTuning]
    /// The unit's value for plain grey.
    public let grey: Double

    /// - Parameters:
    ///   - responses: to each stimulus, less the answer to grey.
    ///   - grey: that answer.
    public init(_ stimuli: [TuningStimulus], responses: [Float], grey: Float) {
        self.grey = Double(grey)
        let all = zip(stimuli, responses).map { ($0, Double($1)) }
        families = TuningStimulus.Family.allCases.compactMap { family in
            FamilyTuning(all.filter { $0.0.family == family })
        }
    }

    /// The family with the largest answer; nil where none is above that to grey.
    public var best: FamilyTuning? {
        families.filter(\.isAnswered).enumerated().max { ($0.element.response, -$0.offset) < ($1.element.response, -$1.offset) }?.element
    }

    /// What the unit is tuned to, in words.
    public var label: String { best?.label ?? "answers to none of these stimuli more than to grey" }
}

/// What a unit answers to among stimuli of one family.
public struct FamilyTuning: Sendable {
    /// The one that it answers to most; the first of several.
    public let stimulus: TuningStimulus
    /// The answer to it, less that to grey.
    public let response: Double
    /// Whether that is above the answer to grey; if not, no stimulus is the best.
    public var isAnswered: Bool { response > 0 }
    /// Over directions, of families that have them.
    public let angles: TuningCurve?
    /// Over periods, radii or diameters.
    public let lengths: TuningCurve?
    /// Over hues; of edges their first sides', where colour is answered to most.
    public let hues: TuningCurve?

    /// - Returns: nil of no stimuli.
    init?(_ all: [(stimulus: TuningStimulus, response: Double)]) {
        guard let first = all.indices.max(by: { (all[$0].response, -$0) < (all[$1].response, -$1) }) else { return nil }
        let best = all[first].stimulus
        (stimulus, response) = all[first]
        /// The answers where a parameter alone is another; of a grating the largest over its phases.
        func curve(_ parameter: WritableKeyPath<TuningStimulus, Double?>, period: Double? = nil, alike: Double? = nil) -> TuningCurve? {
            guard best[keyPath: parameter] != nil else { return nil }
            var found: [Double: Double] = [:]
            for (stimulus, response) in all {
                guard let value = stimulus[keyPath: parameter] else { continue }
                var other = stimulus
                other[keyPath: parameter] = best[keyPath: parameter]
                other.phase = best.phase
                if other == best { found[value] = max(found[value] ?? response, response) }
            }
            let values = found.keys.sorted()
            return TuningCurve(values: values, responses: values.map { found[$0]! }, period: period, alike: alike)
        }
        angles = curve(\.angle, period: best.family == .grating ? 180 : 360, alike: [.grating, .edge].contains(best.family) ? 180 : nil)
        lengths = curve(\.length)
        hues = curve(\.hue, period: best.family == .edge ? 180 : 360)
    }
}
