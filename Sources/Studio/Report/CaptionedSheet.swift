import Images
import Visualization

/// Which pictures are laid side by side, and how.
public struct CaptionedSheetSettings: SettingGroup {
    public var pictures: [String] = []
    public var columns: Int?
    public var output = "compare.png"
    public var noCaptions = false
    public var force = false
    public var reading = ReadingSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("pictures", list: \.pictures, "pictures", "Pictures: PNG, JPEG, TIFF, WebP …").positional().reading()
        Setting("columns", \.columns, "n", "Pictures in a row. (default: as square as can be)", .at(least: 1))
        Setting("output", \.output, "path", "The sheet's file, or - for standard output.").writing()
        Setting("no-captions", flag: \.noCaptions, "Leave the captions out.")
        Setting("force", flag: \.force, "Overwrite a file that is there already, and is not the same sheet.")
        ReadingSettings.lifted(\.reading)
    }

    public func check() throws(Problem) {
        guard pictures.count > 1 else { throw .usage("name at least two pictures", setting: "pictures") }
        try OutputChecks.checkName(figure: output)
    }
}

/// Picture files side by side in one height, each with its name and score under it.
public struct CaptionedSheet: Sendable {
    public let figure: Figure
    private let plan: ChartPlan
    private let output: String

    /// Finds out whether the sheet can be written, and reads the pictures.
    public init(_ settings: CaptionedSheetSettings) throws(Problem) {
        plan = try ChartPlan(
            "compare", [("columns", settings.columns.map { "\($0)" }), ("no-captions", settings.noCaptions ? "yes" : nil)],
            files: settings.pictures)
        output = settings.output
        try OutputChecks.check(overwriting: output, inputs: settings.pictures, force: settings.force, isOwn: plan.isOwn)
        try OutputChecks.check(output)
        var pictures: [Picture] = []
        for path in settings.pictures { pictures.append(try Picture.reading(path, maximumPixels: settings.reading.maxPixels)) }
        let height = pictures.map(\.height).max()!
        let tiles = zip(settings.pictures, pictures).map { path, picture in
            ContactSheet.Tile(picture.scaled(toHeight: height), caption: settings.noCaptions ? nil : Self.caption(of: path))
        }
        figure = ContactSheet.figure(tiles, columns: settings.columns)
    }

    /// Writes the sheet.
    public func write() throws(Problem) { try figure.write(chart: plan, to: output) }

    /// The file's name, and for a drawn picture its model, objective and score.
    private static func caption(of path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let record = try? Record(ofFile: path), !record.isSheet, case .picture(let plan) = record.pictures[0].plan else {
            return name
        }
        return "\(name)\n\(plan.model) \(plan.objective)\nscore \(rounded(Double(record.pictures[0].score), 2))"
    }
}

extension Picture {
    /// A picture of this height, or a lower one where it would be more than four times as wide as high.
    fileprivate func scaled(toHeight wanted: Int) -> Picture {
        let scale = min(Double(wanted) / Double(height), 4 * Double(wanted) / Double(width))
        func scaled(_ extent: Int) -> Int { max(1, Int((Double(extent) * scale).rounded())) }
        return resized(width: scaled(width), height: scaled(height))
    }
}
