import Analysis

/// A unit of a scanned layer in numbers.
struct UnitStatistics: Sendable {
    /// What a unit says of photographs' classes, and what they are called.
    struct Label: Sendable {
        let name: String
        let evidence: ClassEvidence
        /// The chance of so much separation without a difference, corrected for all units and classes.
        let p: Double
    }

    /// What a unit adds to a class's score, less what it adds to all in the mean.
    struct Effect: Sendable {
        let name: String
        let weight: Double
    }

    /// The layer's name in the scan.
    let layer: String
    let channel: Int
    let moments: UnitMoments
    let minimum: Double
    let maximum: Double
    /// Of positions: 50, 90, 99 and 99.9 %.
    let quantiles: [Double]
    /// Above it the unit fires.
    let threshold: Double
    /// Shares of positions and of photographs.
    let firesPositions: Double
    let firesPhotographs: Double
    /// It was above 0 nowhere.
    let isDead: Bool
    /// What share of photographs a dead unit fires on at most, with a confidence of 95 %.
    let deadBound: Double?
    let duplicate: UnitCorrelations.Nearest?
    let nearest: UnitCorrelations.Nearest?
    let clarity: Clarity?
    let topClass: Label?
    let category: Label?
    /// What it tells apart best among classes and categories together.
    let formula: ClassFormula?
    let towards: Effect?
    let against: Effect?
    /// Of a file of labels.
    let given: String?
    /// Positions in equal parts from the least value, or 0, to the largest.
    let histogram: [Int]

    /// The chance below which a label counts.
    static let significance = 0.05

    /// What people call the unit: the label of their own, or else the class or the category that it tells apart.
    var label: String? {
        if let given { return given }
        return [topClass, category].compactMap { $0 }.first { $0.p < Self.significance }?.name
    }

    /// "dead", or what else to know of it.
    var remarks: [String] {
        var remarks: [String] = []
        if isDead { remarks.append("dead (fires on less than \(percent(deadBound ?? 0)))") } else if firesPositions < 1e-4 { remarks.append("nearly dead") }
        if let duplicate { remarks.append("as \(duplicate.channel) (r \(rounded(duplicate.correlation, 2)))") }
        return remarks
    }
}

/// "4.1 %"
func percent(_ share: Double) -> String { "\(rounded(share * 100, share == 0 ? 0 : share < 0.001 ? 3 : share < 0.1 ? 1 : 0)) %" }
