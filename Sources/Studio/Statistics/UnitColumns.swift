import Analysis

/// A column of statistics: one row for the CSV file, JSON, the page and the sort.
struct UnitColumn: Sendable {
    enum Value: Sendable {
        case number(Double?)
        case whole(Int?)
        case text(String?)
        case flag(Bool)
    }

    /// In the CSV file and in JSON.
    let name: String
    /// At its head on the page.
    let title: String
    let help: String
    /// A share that people read as per cent.
    var isShare = false
    /// Text, which is sorted from A.
    var isWords = false
    /// A number that says the more the smaller it is, as a p does.
    var isStrongestSmall = false
    let value: @Sendable (UnitStatistics) -> Value

    init(_ name: String, _ title: String, _ help: String, isShare: Bool = false, isWords: Bool = false, isStrongestSmall: Bool = false, _ value: @escaping @Sendable (UnitStatistics) -> Value) {
        (self.name, self.title, self.help, self.value) = (name, title, help, value)
        (self.isShare, self.isWords, self.isStrongestSmall) = (isShare, isWords, isStrongestSmall)
    }

    /// Those that tests of classes fill.
    static let namesOfClasses = [
        "top_class", "auc", "p_value", "hit", "false_alarm", "ccmas", "category", "category_auc", "category_p", "formula", "formula_auc",
    ]

    static let all: [UnitColumn] = [
        UnitColumn("layer", "layer", "the layer", isWords: true) { .text($0.layer) },
        UnitColumn("channel", "channel", "the channel, from 0") { .whole($0.channel) },
        UnitColumn("mean", "mean", "mean over all positions") { .number($0.moments.mean) },
        UnitColumn("sd", "deviation", "standard deviation over all positions") { .number($0.moments.deviation) },
        UnitColumn("skew", "skewness", "how lopsided the values are") { .number($0.moments.skewness) },
        UnitColumn("kurtosis", "kurtosis", "how heavy the tails are; 0 of a normal distribution") { .number($0.moments.excessKurtosis) },
        UnitColumn("p50", "50 %", "half of all positions are below") { .number($0.quantiles[0]) },
        UnitColumn("p90", "90 %", "90 % of positions are below") { .number($0.quantiles[1]) },
        UnitColumn("p99", "99 %", "99 % of positions are below") { .number($0.quantiles[2]) },
        UnitColumn("p999", "99.9 %", "99.9 % of positions are below") { .number($0.quantiles[3]) },
        UnitColumn("min", "least", "the least value") { .number($0.minimum) },
        UnitColumn("max", "most", "the largest value") { .number($0.maximum) },
        UnitColumn("fires_positions", "fires", "share of positions where it fires", isShare: true) { .number($0.firesPositions) },
        UnitColumn("fires_photos", "photographs", "share of photographs where it fires", isShare: true) { .number($0.firesPhotographs) },
        UnitColumn("dead", "dead", "it was above 0 nowhere") { .flag($0.isDead) },
        UnitColumn("dead_bound", "at most", "a dead unit fires on no more photographs than this share, with a confidence of 95 %") { .number($0.deadBound) },
        UnitColumn("duplicate_of", "as", "another unit that it goes with, |r| above \(UnitCorrelations.duplicateBound)") { .whole($0.duplicate?.channel) },
        UnitColumn("r", "r", "the largest correlation with another unit") { .number($0.duplicate?.correlation ?? $0.nearest?.correlation) },
        UnitColumn("clarity", "clarity", "how alike its best photographs are: the mean cosine at the network's last scanned layer") { .number($0.clarity?.clarity) },
        UnitColumn("poly", "mixed", "how unlike the two groups of its best photographs are: 1 − their cosine") { .number($0.clarity?.polysemanticity) },
        UnitColumn("top_class", "class", "the class of photographs that it tells from all others best", isWords: true) { .text($0.topClass?.name) },
        UnitColumn("auc", "AUC", "the chance that a photograph of the class excites it more than another") { .number($0.topClass?.evidence.separation.auc) },
        UnitColumn("p_value", "p", "the chance of so much without a difference, for all units and classes tested", isStrongestSmall: true) { .number($0.topClass?.p) },
        UnitColumn("hit", "hits", "share of the class's photographs above its 99 % quantile", isShare: true) { .number($0.topClass?.evidence.hit) },
        UnitColumn("false_alarm", "false alarms", "share of other photographs above its 99 % quantile", isShare: true, isStrongestSmall: true) { .number($0.topClass?.evidence.falseAlarm) },
        UnitColumn("ccmas", "CCMAS", "(μ₁ − μ₀)/(μ₁ + μ₀) of the class and the others; misleading by itself") { .number($0.topClass?.evidence.selectivity) },
        UnitColumn("category", "category", "what WordNet has above ImageNet's classes, told apart most surely", isWords: true) { .text($0.category?.name) },
        UnitColumn("category_auc", "AUC of it", "the same chance for the category") { .number($0.category?.evidence.separation.auc) },
        UnitColumn("category_p", "p of it", "the chance of so much without a difference", isStrongestSmall: true) { .number($0.category?.p) },
        UnitColumn("formula", "formula", "classes and categories by AND, OR and NOT that it tells apart best", isWords: true) { .text($0.formula?.text) },
        UnitColumn("formula_auc", "AUC of it", "the same chance for the formula, which was searched for") { .number($0.formula?.separation.auc) },
        UnitColumn("towards", "speaks for", "the class whose score it raises most, by the weights", isWords: true) { .text($0.towards?.name) },
        UnitColumn("towards_weight", "weight for", "its weight, less the mean of all classes") { .number($0.towards?.weight) },
        UnitColumn("against", "against", "the class whose score it lowers most", isWords: true) { .text($0.against?.name) },
        UnitColumn("against_weight", "weight against", "its weight, less the mean of all classes", isStrongestSmall: true) { .number($0.against?.weight) },
        UnitColumn("label", "label", "the label given, or else the class or category, where p is below \(UnitStatistics.significance)", isWords: true) { .text($0.label) },
    ]
}

extension UnitColumn.Value {
    /// In a CSV file: empty for nothing.
    var field: String {
        switch self {
        case .number(let number): number.map(\.text) ?? ""
        case .whole(let number): number.map(\.text) ?? ""
        case .text(let text): text ?? ""
        case .flag(let flag): flag ? "1" : "0"
        }
    }

    /// The order of a sort: numbers from the largest, texts from A, nothing last.
    static func precedes(_ a: Self, _ b: Self) -> Bool? {
        func number(_ value: Self) -> Double? {
            switch value {
            case .number(let number): number
            case .whole(let number): number.map(Double.init)
            case .flag(let flag): flag ? 1 : 0
            case .text: nil
            }
        }
        if case .text(let first) = a, case .text(let second) = b {
            if first == second { return nil }
            guard let first else { return false }
            return second.map { first < $0 } ?? true
        }
        let (first, second) = (number(a), number(b))
        if first == second { return nil }
        guard let first else { return false }
        return second.map { first > $0 } ?? true
    }
}

extension UnitStatistics: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        for column in UnitColumn.all {
            let key = Key(stringValue: column.name)
            switch column.value(self) {
            case .number(let number): try values.encode(number, forKey: key)
            case .whole(let number): try values.encode(number, forKey: key)
            case .text(let text): try values.encode(text, forKey: key)
            case .flag(let flag): try values.encode(flag, forKey: key)
            }
        }
    }
}
