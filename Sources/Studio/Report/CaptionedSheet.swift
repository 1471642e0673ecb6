import Files
import Images
import Visualization

/// Captions by commas; one in quotation marks may hold commas: `before,"after, 512 steps"`.
public struct CaptionList: SettingValue {
    /// Without the quotation marks.
    public let captions: [String]
    public let text: String

    public static let form = "captions with commas between them"

    public init?(text: String) {
        captions = CSV.fields(text)
        self.text = text
    }
}

/// Which pictures are laid side by side, and how.
public struct CaptionedSheetSettings: SettingGroup {
    /// Paths of the pictures.
    public var pictures: [String] = []
    /// Pictures in a row; nil for a grid as square as can be.
    public var columns: Int?
    /// Pixels of each picture's height; nil for the highest one's, within bounds.
    public var size: Int?
    /// The sheet's file; "-" for standard output, nil for the usual name.
    public var output = "compare.png"
    /// Whether captions are left out.
    public var noCaptions = false
    /// Captions in the place of the usual ones, in the order of the pictures; nil for those.
    public var labels: CaptionList?
    /// Whether a file that is there is overwritten.
    public var force = false
    /// The largest picture that is read.
    public var reading = ReadingSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("pictures", list: \.pictures, "pictures", "Pictures: PNG, JPEG, TIFF, WebP …").positional().reading()
        Setting("columns", \.columns, "n", "Pictures in a row. (default: as square as can be)", .at(least: 1))
        Setting("size", \.size, "n", "Pixels of each picture's height. (default: the highest one's, \(CaptionedSheet.usualHeight) at most)", .from(1, to: 65_536))
        Setting("output", \.output, "path", "The sheet's file, or - for standard output.").writing()
        Setting("labels", \.labels, "a,b", "Captions of your own, by commas; in quotation marks one may hold a comma. (default: the names of the files, what they show and the score)")
        Setting("no-captions", flag: \.noCaptions, "Leave the captions out.")
        Setting("force", flag: \.force, "Overwrite a file that is there; without it, only the same sheet.")
        ReadingSettings.lifted(\.reading)
    }

    public func check() throws(Problem) {
        guard pictures.count > 1 else { throw .usage("name at least two pictures", setting: "pictures") }
        if let count = labels?.captions.count, count != pictures.count {
            throw .usage("\(setting: "labels") has \(counted(count, "caption")) for \(pictures.count) pictures; it needs one for each, with commas between them", setting: "labels")
        }
        if labels != nil, noCaptions { throw .usage("\(setting: "labels") and \(setting: "no-captions") exclude each other", setting: "labels") }
        try OutputChecks.checkName(figure: output)
    }
}

/// Picture files side by side in one height, each with its name and score under it.
public struct CaptionedSheet: Sendable {
    /// The sheet, not yet in any format.
    public let figure: Figure
    private let plan: ChartPlan
    private let output: String

    /// The height of the pictures at most where none is asked for: more than a screen shows.
    static let usualHeight = 1024

    /// Finds out whether the sheet can be written, and reads the pictures.
    public init(_ settings: CaptionedSheetSettings) throws(Problem) {
        plan = try ChartPlan(
            "compare",
            [
                ("columns", settings.columns.map { "\($0)" }), ("size", settings.size.map { "\($0)" }), ("labels", settings.labels?.text),
                ("no-captions", settings.noCaptions ? "yes" : nil),
            ],
            files: settings.pictures)
        output = settings.output
        try OutputChecks.check(overwriting: output, inputs: settings.pictures, force: settings.force, isOwn: plan.isOwn)
        try OutputChecks.check(output)
        var pictures: [Picture] = []
        for path in settings.pictures {
            let picture = try Picture.reading(path, maximumPixels: settings.reading.maxPixels)
            // One that is higher than the sheet's pictures will be has its final size at once: many large ones need not fit into memory.
            let most = settings.size ?? Self.usualHeight
            pictures.append(picture.height > most ? picture.scaled(toHeight: most) : picture)
        }
        let height = settings.size ?? pictures.map(\.height).max()!
        let captions: [String?] = settings.noCaptions
            ? settings.pictures.map { _ in nil } : settings.labels?.captions ?? settings.pictures.map(Self.caption)
        try ContactSheet.Layout(pictures.map { $0.size(ofHeight: height) }, captions: captions, columns: settings.columns)
            .checkMemory(advice: "name fewer pictures, or a smaller \(setting: "size")")
        let tiles = zip(captions, pictures).map { caption, picture in
            ContactSheet.Tile(picture.scaled(toHeight: height), caption: caption)
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
        return "\(name)\n\(plan.model) \(plan.objective)\n\(record.pictures[0].scoreText)"
    }
}

extension Picture {
    /// The extents with this height, or a lower one where it would be more than four times as wide as high.
    fileprivate func size(ofHeight wanted: Int) -> (width: Int, height: Int) {
        let scale = min(Double(wanted) / Double(height), 4 * Double(wanted) / Double(width))
        func scaled(_ extent: Int) -> Int { max(1, Int((Double(extent) * scale).rounded())) }
        return (scaled(width), scaled(height))
    }

    fileprivate func scaled(toHeight wanted: Int) -> Picture {
        let size = size(ofHeight: wanted)
        return resized(width: size.width, height: size.height)
    }
}
