import Images
import Visualization

/// The scores that a picture says it reached: one, or of a sheet one for each picture on it.
struct RecordedScores: Equatable {
    let scores: [Float]
    /// What each is a score of. Scores of different things cannot be compared.
    let subjects: [String]

    /// Nil if the picture carries no record that can be read.
    init?(ofFile bytes: [UInt8]) {
        guard let text = try? Self.record(in: bytes) else { return nil }
        let entries: [(score: Float, subject: String)]
        if let sheet = try? SheetRecord(json: text) {
            entries = sheet.pictures.map(Self.entry)
        } else if let record = try? PictureRecord(json: text) {
            entries = [Self.entry(record)]
        } else if let record = try? PhotographRecord(json: text) {
            let what = if case .dream(let plan) = record.plan { plan.objective } else { "style" }
            entries = [(record.score, "\(record.plan.model) \(record.plan.weights) \(what)")]
        } else {
            return nil
        }
        guard !entries.isEmpty else { return nil }
        scores = entries.map(\.score)
        subjects = entries.map(\.subject)
    }

    /// Of a golden picture's scores to another's the smallest ratio: 1 + (B − A) / |A|, which is B / A where A is positive,
    /// and below 1 wherever B is less than A. Nil if they are scores of different things.
    static func ratio(expected: RecordedScores, actual: RecordedScores) -> Double? {
        guard expected.subjects == actual.subjects else { return nil }
        return zip(expected.scores, actual.scores).map { ratio(Double($0), Double($1)) }.min()
    }

    private static func ratio(_ expected: Double, _ actual: Double) -> Double {
        if actual == expected { return 1 }
        return 1 + (actual - expected) / abs(expected)  // of a score of 0 a better one is infinite, a worse one minus infinity
    }

    private static func entry(_ record: PictureRecord) -> (score: Float, subject: String) {
        (record.score, "\(record.plan.model) \(record.plan.weights) \(record.plan.objective)")
    }

    private static func record(in bytes: [UInt8]) throws -> String? {
        guard PictureFormat(signatureOf: bytes) != nil else { return nil }
        return try Picture.record(in: bytes, keyword: PictureRecord.keyword, name: "picture")
    }
}
