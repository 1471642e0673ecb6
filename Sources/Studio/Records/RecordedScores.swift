import Images

/// The scores that a picture says it reached: one, or a sheet's, one for each picture on it.
public struct RecordedScores: Equatable, Sendable {
    /// In the order of the pictures; one at least.
    public let scores: [Float]
    /// Network and objective of each. Scores of different things cannot be compared.
    public let subjects: [String]
    /// What each score is.
    let measures: [String]

    /// Nil if the picture carries no record that can be read.
    public init?(ofFile bytes: [UInt8]) {
        guard let text = try? Record.text(in: bytes, name: ""), let record = try? Record(json: text), !record.pictures.isEmpty, !record.isChart else {
            return nil
        }
        scores = record.pictures.map(\.score)
        measures = record.pictures.map(\.plan.measure)
        subjects = record.pictures.map { "\($0.plan.model) \($0.plan.weights) \($0.plan.objective)" }
    }

    /// The smallest ratio of a picture's scores to a golden picture's: 1 + (B − A) / |A|, which is B / A where A is positive,
    /// and below 1 wherever B is less than A. Nil if they are scores of different things.
    public static func ratio(expected: RecordedScores, actual: RecordedScores) -> Double? {
        guard expected.subjects == actual.subjects else { return nil }
        return zip(expected.scores, actual.scores).map { ratio(Double($0), Double($1)) }.min()
    }

    private static func ratio(_ expected: Double, _ actual: Double) -> Double {
        if actual == expected { return 1 }
        return 1 + (actual - expected) / abs(expected)  // for a score of 0 a better one is infinite, a worse one minus infinity
    }
}
