import Files
import Images

/// Which pictures are compared, and where the results go.
public struct DiffSettings: SettingGroup {
    /// The expected picture, or a folder of them; "-" for standard input.
    public var expected = ""
    /// The new picture, or a folder of them.
    public var actual = ""
    /// How far the pictures may be apart; without any bound they must be the same.
    public var thresholds = DiffThresholds()
    /// A file, or a folder, for pictures that show the differences; nil for none.
    public var output: String?
    /// A file for the results as JUnit XML; nil for none.
    public var junit: String?
    /// Whether new pictures become the expected ones.
    public var update = false
    /// Whether files that are there are overwritten.
    public var force = false
    /// The largest picture that is read.
    public var reading = ReadingSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("expected", required: \.expected, "expected", "The expected picture, or a folder of them; PNG, JPEG, TIFF, WebP …; - for standard input.").positional().reading()
        Setting("actual", required: \.actual, "actual", "The new picture, or a folder of them; - for standard input.").positional().reading()
        DiffThresholds.lifted(\.thresholds)
        Setting("output", \.output, "path", "Write both pictures and where they differ; side by side, in CIEDE2000; for folders, a folder of those that differ.").writing()
        Setting("junit", \.junit, "file", "Write the results as JUnit XML, which CI systems show.").writing()
        Setting("force", flag: \.force, "Overwrite files that are there; without it, only results of the same comparison.")
        Setting("update", flag: \.update, "Make new pictures the expected ones; where they differ or there are none; none is removed. The exit code is then 0.")
        ReadingSettings.lifted(\.reading)
    }

    public func check() throws(Problem) {
        if expected == "-", actual == "-" { throw .usage("standard input can be one of the pictures, not both") }
        if expected == "-", update { throw .usage("\(setting: "update") has no file to replace: name the expected picture") }
        if let output, let junit, FileName.plain(output) == FileName.plain(junit) {
            throw .usage("\(setting: "output") and \(setting: "junit") would both go to \(output); choose another name", setting: "junit")
        }
        if let output, [expected, actual].contains(output), !isFolder(output), output != "-" {
            throw .usage("\(setting: "output") would overwrite \(output); choose another name")
        }
    }
}

/// Golden pictures against new ones: two pictures, or two folders.
public struct GoldenCheck {
    /// In the order of their names, as far as they have been compared.
    public private(set) var comparisons: [PictureComparison] = []
    private let settings: DiffSettings
    private let pairing: PicturePairing

    /// Whether these are two folders, and not two pictures.
    public var isOfFolders: Bool { pairing.isOfFolders }

    /// Finds the pictures, and whether the outputs can be written.
    public init(_ settings: DiffSettings) throws(Problem) {
        self.settings = settings
        pairing = try PicturePairing(expected: settings.expected, actual: settings.actual, mayBegin: settings.update)
        try settings.checkOutputs(pairing)
    }

    /// Compares all pictures, writes heat maps and the JUnit file, and with `update` makes new pictures the golden ones.
    ///
    /// - Parameters:
    ///   - isCancelled: asked between pictures.
    ///   - report: called with each comparison in order, once its result is final.
    public mutating func run(
        isCancelled: () -> Bool = { false }, report: (PictureComparison) throws(Problem) -> Void = { _ in }
    ) throws(Problem) {
        for entry in pairing.entries {
            if isCancelled() { throw .interrupted }
            let start = ContinuousClock.now
            var comparison = compared(entry)
            if let path = settings.heatMap(of: comparison.files, ofFolders: isOfFolders) { try writeHeatMap(of: comparison, to: path) }
            comparison.seconds = seconds(ContinuousClock.now - start)
            comparisons.append(comparison)
            if !settings.update { try report(comparison) }
        }
        if settings.update {
            try makeGolden(isCancelled)
            for comparison in comparisons { try report(comparison) }
        }
        if let junit = settings.junit {
            let file = JUnitReport(suite: FileName.shown(settings.expected), comparisons: comparisons, isUpdate: settings.update)
            try asProblem { try OutputFile.write(Array(file.xml.utf8), to: junit) }
        }
    }

    private func compared(_ entry: PicturePairing.Entry) -> PictureComparison {
        switch entry {
        case .both(let files): PictureComparison(files, settings.thresholds, maximumPixels: settings.reading.maxPixels)
        case .onlyExpected(let files): PictureComparison(files, only: .missing)
        case .onlyActual(let files): PictureComparison(files, only: .extra)
        }
    }

    /// "12 pictures: 10 same, 1 different, 1 missing"
    public var summary: String {
        let order: [PictureComparison.Result] = [.same, .different, .missing, .extra, .unreadable, .updated, .added]
        let counts = order.compactMap { result in
            let count = comparisons.count { $0.result == result }
            return count > 0 ? "\(count) \(result.rawValue)" : nil
        }
        return "\(comparisons.count) picture\(comparisons.count == 1 ? "" : "s"): \(counts.joined(separator: ", "))"
    }

    /// Nil if all is as it should be. Pictures that differ are a partial problem without a message, since each has been reported.
    public var problem: Problem? {
        let problems = comparisons.filter { $0.result == .unreadable }.compactMap(\.problem) + pairing.unreadable.map { Problem($0) }
        if let first = problems.first {
            guard isOfFolders, problems.count > 1 else { return first }
            let message: Message = "\(first.message); \(problems.count - 1) more cannot be read either"
            return Problem(first.kind, message, setting: first.setting)
        }
        return settings.update || comparisons.allSatisfy { $0.result == .same } ? nil : Problem(.partial, "")
    }
}

// MARK: - Update

extension GoldenCheck {
    /// New pictures that differ replace the golden ones; those without one become one. Each file changes whole or not at all, and
    /// none is removed.
    ///
    /// - Throws: before anything is written, where a new picture cannot be read.
    private mutating func makeGolden(_ isCancelled: () -> Bool) throws(Problem) {
        for comparison in comparisons where [.unreadable, .extra].contains(comparison.result) {
            _ = try Picture.reading(comparison.files.actual, maximumPixels: settings.reading.maxPixels)
        }
        for place in comparisons.indices {
            if isCancelled() { throw .interrupted }
            switch comparisons[place].result {
            case .different, .unreadable:
                try Self.copy(comparisons[place].files)
                comparisons[place].result = .updated
            case .extra:
                try Self.copy(comparisons[place].files)
                comparisons[place].result = .added
            case .same, .missing, .updated, .added: break
            }
        }
    }

    private static func copy(_ files: PictureComparison.Files) throws(Problem) {
        let bytes = try StandardInput.bytes(of: files.actual)
        try OutputChecks.check(files.expected)
        try asProblem { try OutputFile.write(bytes, to: files.expected) }
    }
}

// MARK: - Outputs

extension DiffSettings {
    /// Whether the heat maps and the JUnit file can be written.
    fileprivate func checkOutputs(_ pairing: PicturePairing) throws(Problem) {
        let inputs = pairing.files
        if let output {
            if pairing.isOfFolders { try check(heatMapFolder: output) } else { try OutputChecks.check(figure: output) }
            for case .both(let files) in pairing.entries {
                let path = heatMap(of: files, ofFolders: pairing.isOfFolders)!
                guard isFile(path) else { continue }
                let plan = try ChartPlan(heatMapOf: files)
                try OutputChecks.check(overwriting: path, inputs: inputs, force: force, isOwn: plan.isOwnByNames)
            }
        }
        guard let junit else { return }
        try OutputChecks.check(overwriting: junit, inputs: inputs, force: force) { path in
            JUnitReport.isOf(suite: FileName.shown(expected), file: path)
        }
        try OutputChecks.check(junit)
    }

    /// The heat map's file of two pictures; nil where none is wanted.
    fileprivate func heatMap(of files: PictureComparison.Files, ofFolders: Bool) -> String? {
        guard let output, ofFolders else { return output }
        // "a.jpg" beside "a.png" must not take its name.
        return OutputNames.join(output, PictureFormat(fileName: files.name) == .png ? files.name : files.name + ".png")
    }

    private func check(heatMapFolder folder: String) throws(Problem) {
        guard folder != "-" else { throw .usage("\(setting: "output") - can take one heat map only; name a folder") }
        guard !isFile(folder) else {
            throw Problem(.cannotWrite, "\(FileName.shown(folder)): is a file; name a folder for the heat maps", setting: "output")
        }
        for pictures in [expected, actual].map({ $0.hasSuffix("/") ? $0 : $0 + "/" }) where (folder + "/").hasPrefix(pictures) {
            throw .usage("\(setting: "output") \(FileName.shown(folder)) lies among the pictures; name a folder elsewhere")
        }
    }
}

extension GoldenCheck {
    /// Writes a heat map: for two single pictures in any case, within folders for those that differ.
    private func writeHeatMap(of comparison: PictureComparison, to path: String) throws(Problem) {
        guard comparison.result == .different || (comparison.result == .same && !isOfFolders) else { return }
        let expected = try Picture.reading(comparison.files.expected, maximumPixels: settings.reading.maxPixels)
        let actual = try Picture.reading(comparison.files.actual, maximumPixels: settings.reading.maxPixels)
        if isOfFolders { try OutputChecks.check(path) }
        try DifferenceSheet.figure(expected, actual).write(chart: ChartPlan(heatMapOf: comparison.files), to: path)
    }
}

extension ChartPlan {
    /// Two pictures and where they differ.
    fileprivate init(heatMapOf files: PictureComparison.Files) throws(Problem) {
        try self.init("diff", files: [files.expected, files.actual])
    }
}
