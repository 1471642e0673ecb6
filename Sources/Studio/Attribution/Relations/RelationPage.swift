import Analysis
import FoundationEssentials
import Images
import Tensors

/// The page that shows from where each position of a layer comes, as one points at it.
struct RelationPage {
    let plan: AttributionPlan
    let relation: LayerRelation
    let square: ClassifiedSquare
    let deep: PositionGrid
    let shallow: PositionGrid
    let limit: Float

    /// Pixels on the side of the photograph.
    private static let side = 512

    private struct Axes: Encodable {
        let rows, columns: Int
        // In pixels of the page's photograph.
        let firstRow, rowStep, firstColumn, columnStep: Double

        init(_ grid: PositionGrid, rows: Int, columns: Int, _ square: ClassifiedSquare) {
            let (down, across) = (Double(side) / Double(square.picture.height), Double(side) / Double(square.picture.width))
            (self.rows, self.columns) = (rows, columns)
            (firstRow, rowStep) = (grid.rows.firstCentre * down, Double(grid.rows.step) * down)
            (firstColumn, columnStep) = (grid.columns.firstCentre * across, Double(grid.columns.step) * across)
        }
    }

    private struct Contents: Encodable {
        let photo: String
        let deep, shallow: Axes
        let strengths: [Float]
        /// The largest size in each map: what its 127 stands for.
        let scales: [Float]
        /// Of every map, in eighths of a byte, Base64.
        let values: String
        let limit: Float
        /// The position that is shown first.
        let first: Int
    }

    func html() throws(Problem) -> String {
        let side = Self.side
        let photo = try asProblem { () throws(PictureError) in
            try JPEG.encode(square.picture.resized(width: side, height: side), quality: OutputSettings.standardQuality)
        }
        let (area, values) = (relation.maps.shape.area, relation.maps.elements)
        let scales = relation.strengths.indices.map { values[$0 * area..<($0 + 1) * area].reduce(Float(0)) { max($0, abs($1)) } }
        let bytes = values.enumerated().map { index, value in
            let scale = scales[index / area]
            return UInt8(bitPattern: scale > 0 ? Int8((value / scale * 127).rounded()) : 0)
        }
        let contents = Contents(
            photo: "data:image/jpeg;base64,\(Data(photo).base64EncodedString())",
            deep: Axes(deep, rows: relation.rows, columns: relation.columns, square),
            shallow: Axes(shallow, rows: relation.maps.shape.height, columns: relation.maps.shape.width, square),
            strengths: relation.strengths, scales: scales, values: Data(bytes).base64EncodedString(), limit: limit,
            first: relation.strengths.indices.max { (relation.strengths[$0], $1) < (relation.strengths[$1], $0) }!)
        func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }
        return ReportPage.fill(
            text(PackageResources.relation_html),
            [
                "version": version, "title": ReportPage.escaped("Where \(plan.from!) comes from in \(plan.layer!)"),
                "subtitle": ReportPage.escaped("\(plan.photo), \(plan.model)"), "side": "\(side)", "from": ReportPage.escaped(plan.from!),
                "to": ReportPage.escaped(plan.layer!), "plan": Self.script(plan), "data": Self.script(contents),
                "style": text(PackageResources.relation_css), "script": text(PackageResources.relation_js),
            ])
    }

    /// JSON in which nothing ends the script that it stands in.
    private static func script(_ value: some Encodable) -> String { json(value).replacing("<", with: "\\u003c") }

    /// The plan of a page that was written; nil where a file is none.
    static func plan(ofFile path: String) -> AttributionPlan? {
        guard let bytes = try? StandardInput.bytes(of: path) else { return nil }
        let page = String(decoding: bytes, as: UTF8.self)
        guard let open = page.firstRange(of: "id=\"plan\">"), let close = page[open.upperBound...].firstRange(of: "</script>") else { return nil }
        return try? JSONDecoder().decode(AttributionPlan.self, from: Data(page[open.upperBound..<close.lowerBound].utf8))
    }
}
