import Files
import FoundationEssentials
import Images
import Tensors

/// Which folder a report is of, and how its page is made.
public struct ReportSettings: SettingGroup {
    /// The folder with the pictures; those within it count too.
    public var folder = ""
    /// The page's file; nil for report.html in the folder.
    public var output: String?
    /// The page's heading; nil for the folder's name.
    public var title: String?
    /// Pixels of the longer side.
    public var thumbnail = 256
    /// Whether whole pictures are embedded instead of thumbnails.
    public var full = false
    /// A scan whose photographs stand beside each unit's picture; nil for none.
    public var scan: String?
    /// Where the scan's photographs are now; nil for the folder that it names.
    public var photos: String?
    /// Whether a page that this program did not make is overwritten.
    public var force = false
    /// The largest picture that is read.
    public var reading = ReadingSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("folder", required: \.folder, "folder", "A folder with pictures that lucid drew; the folders within it are searched as well.").positional().reading(.readsFolder)
        Setting("output", \.output, "file", "The page's file; - for standard output. (default: report.html in the folder)").writing()
        Setting("title", \.title, "text", "The page's heading. (default: the folder's name)")
        Setting("thumbnail", \.thumbnail, "n", "The longer side of the pictures on the page, in pixels, 32 to 4096.", .from(32, to: 4096)).called("size")
        Setting("full", flag: \.full, "Embed every picture file as it is instead of a thumbnail.")
        Setting("scan", \.scan, "file", "Put what a scan says of each unit beside its picture: the best photographs, a histogram, classes.").reading()
        Setting("photos", \.photos, "folder", "Where the scan's photographs are. (default: the folder of that name here or beside the scan)").reading(.readsFolder)
        Setting("force", flag: \.force, "Overwrite a report.html that this program did not make.")
        ReadingSettings.lifted(\.reading)
    }

    public func check() throws(Problem) {
        if output == "" { throw .usage("\(setting: "output") is empty") }
        if photos != nil, scan == nil { throw .usage("\(setting: "photos") is for \(setting: "scan")", setting: "photos") }
    }
}

/// One HTML page of the pictures in a folder, to look through, search and pass on.
public struct PictureReport {
    /// The file that was written, and how many pictures are in it.
    public struct Summary: Sendable, Encodable {
        /// The page's file; "-" is standard output.
        public let output: String
        /// Pictures on the page.
        public let pictures: Int
        /// Pictures that carry no record.
        public let skipped: Int
        /// Pictures that could not be read.
        public let unreadable: Int
        /// The page's length.
        public let bytes: Int
    }

    /// In the order of the page.
    public let entries: [ReportEntry]
    /// The lines that name and count the pictures that could not be read.
    public let leftOut: [Message]
    /// Why pictures were left out, each with its file.
    public let unreadable: [Problem]
    private let settings: ReportSettings
    private let output: String
    private let skipped: Int

    /// Reads the pictures, several at a time.
    ///
    /// - Throws: a problem for a folder that cannot be read, or a page that cannot be written; not for a damaged picture.
    public init(_ settings: ReportSettings, session: Session) throws(Problem) {
        self.settings = settings
        let output = settings.output ?? OutputNames.join(settings.folder, "report.html")
        if isFile(settings.folder) {
            throw .usage("\(settings.folder) is a file, and a report is of a folder; `lucid info` tells of one picture", setting: "folder")
        }
        let tree = try asProblem { try Picture.relativePaths(in: settings.folder) }
        let files = tree.paths
        try OutputChecks.check(
            overwriting: output, inputs: files.map { OutputNames.join(settings.folder, $0) }, force: settings.force, isOwn: Self.isReport)
        try OutputChecks.check(output)
        let results = try session.workers.map(files) { file throws(Problem) in
            if session.isCancelled() { throw .interrupted }
            return Result { () throws(Problem) in
                try ReportEntry(
                    file, in: settings.folder, side: settings.full ? nil : settings.thumbnail, maximumPixels: settings.reading.maxPixels)
            }
        }
        var entries = results.compactMap { try? $0.get() }.sorted(by: ReportEntry.precedes)
        if let path = settings.scan {
            let (scan, source) = (try ScanFile(path), try ExemplarSource(scan: path, photos: settings.photos, maximumPixels: settings.reading.maxPixels))
            for place in entries.indices {
                if session.isCancelled() { throw .interrupted }
                try entries[place].add(scan, source, session)
            }
            guard entries.isEmpty || entries.contains(where: { $0.evidence != nil }) else {
                throw .badData("\(path) is of none of the units in \(settings.folder): it is of \(scan.description.plan.model) with weights of SHA-256 \(sentence: scan.description.plan.weightsSHA256)", setting: "scan")
            }
        }
        entries.tellApart()
        self.entries = entries
        unreadable = results.compactMap { if case .failure(let problem) = $0 { problem } else { nil } }
        self.output = output
        skipped = files.count - entries.count - unreadable.count
        try PictureFolder.refuse(unreadable, ifAllOf: files.count, in: settings.folder)
        leftOut = PictureFolder.lines(of: tree) + PictureFolder.lines(of: unreadable, among: files.count, in: settings.folder)
    }

    /// The page's text.
    ///
    /// - Parameter commandLine: spells a command as a shell reads it.
    public func html(commandLine: @escaping (PlanCommand) -> String) -> String {
        let name = URL(filePath: settings.folder).standardized.lastPathComponent
        return ReportPage(
            title: settings.title ?? (name.isEmpty || name == "." ? "lucid" : name), entries: entries, skipped: skipped,
            pathToPictures: output == "-" ? "" : relativePath(of: settings.folder, from: output), commandLine: commandLine
        ).html
    }

    /// Writes the page.
    ///
    /// - Throws: a problem if there is no picture to show, or the file cannot be written.
    public func write(commandLine: @escaping (PlanCommand) -> String) throws(Problem) -> Summary {
        guard !entries.isEmpty else { throw Problem(.missing, "\(settings.folder): there is no picture in it that lucid drew") }
        let bytes = Array(html(commandLine: commandLine).utf8)
        try asProblem { try OutputFile.write(bytes, to: output) }
        return Summary(
            output: output, pictures: entries.count, skipped: skipped, unreadable: unreadable.count, bytes: bytes.count)
    }

    /// Whether a file is such a page: its head names the generator.
    private static func isReport(_ path: String) -> Bool {
        let headLength = 1000
        guard let bytes = try? StandardInput.bytes(of: path) else { return false }
        return String(decoding: bytes.prefix(headLength), as: UTF8.self).contains("<meta name=\"generator\" content=\"lucid ")
    }
}
