import Files
import Networks

/// A unit's exemplars as JSON and as lines of CSV.
struct ExemplarReport: Encodable, Sendable {
    struct Row: Encodable, Sendable {
        let band: String
        let rank: Int
        let photo: String
        let row: Int?
        let column: Int?
        let value: Float
        let quantile: Double
        let field: ExemplarTile.Field?
        let label: String?
    }

    /// How the unit's picture compares with the best photograph.
    struct Agreement: Encodable, Sendable {
        let pictureValue: Float
        let bestPhotoValue: Float
        /// Nil where the best photograph's value is not above 0.
        let ratio: Float?
    }

    let file: String
    let unit: String
    let model: String
    let weights: String
    let photographs: Int
    let threshold: Float?
    let exemplars: [Row]
    let agreement: Agreement?

    /// A line for people.
    var line: String {
        guard let best = exemplars.first else { return "no photographs" }
        let top = "best \(FileName.shown(best.photo)) \(short(best.value)) of \(counted(photographs, "photograph"))"
        guard let agreement else { return top }
        let ratio = agreement.ratio.map { ", \(rounded(Double($0), 2)) times the best photograph" } ?? ""
        return "\(top); its picture \(short(agreement.pictureValue))\(ratio)"
    }

    private static let header = ["unit", "band", "rank", "photo", "row", "column", "value", "quantile", "left", "top", "right", "bottom", "class"]

    var csv: String {
        func text(_ number: Int?) -> String { number.map { "\($0)" } ?? "" }
        return CSV.line(Self.header)
            + exemplars.map { row in
                CSV.line([
                    unit, row.band, "\(row.rank)", row.photo, text(row.row), text(row.column), "\(row.value)", "\(row.quantile)", text(row.field?.left),
                    text(row.field?.top), text(row.field?.right), text(row.field?.bottom), row.label ?? "",
                ])
            }.joined()
    }
}
