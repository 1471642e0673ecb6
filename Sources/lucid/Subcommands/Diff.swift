import ArgumentParser
import Files
import Images

/// `lucid diff`
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether pictures are what they should be: exit code 0 the same, 1 different.",
        discussion: """
            Without thresholds pictures must be the same pixel for pixel; with some, only those count. Folders are compared \
            with the folders within them, each picture with the one of its name; one that is missing or new is a difference, \
            and so is another size.

            Other processors round differently. After two steps --max-rms 2 allows for that; every further step amplifies it, \
            and a long climb ends at another picture that is as good: compare it by the score that pictures carry, \
            --min-score-ratio 0.9.

            Examples: lucid diff golden.png new.png
                      lucid diff golden/ new/ --max-rms 2 --output heat/ --junit diff.xml
                      lucid diff golden/ new/ --min-score-ratio 0.9
                      lucid diff golden/ new/ --max-rms 2 --update
                      lucid class --label goldfish -o - | lucid diff golden.png -
            """)

    @Argument(help: "The expected picture, PNG or JPEG, or a folder of them; - for standard input.") var expected: String
    @Argument(help: "The new picture, or a folder of them; - for standard input.") var actual: String
    @OptionGroup(title: "Threshold") var thresholds: DiffThresholds
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write both pictures and where they differ (CIEDE2000) side by side; of folders, a folder of those that differ.",
            valueName: "path"))
    var output: String?
    @Option(help: ArgumentHelp("Write the results as JUnit XML, which CI systems show.", valueName: "file")) var junit: String?
    @Flag(help: "Make new pictures the expected ones where they differ or there are none; remove none. The exit code is then 0.")
    var update = false
    @OptionGroup var reading: ReadingOptions
    @Flag(help: "Print one JSON object a pair.") var json = false
    @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

    func validate() throws {
        if expected == "-", actual == "-" { throw ValidationError("standard input can be one of the pictures, not both") }
        if expected == "-", update { throw ValidationError("--update has no file to replace: name the expected picture") }
        if let output, [expected, actual].contains(output), !isFolder(output), output != "-" {
            throw ValidationError("--output would overwrite \(output); choose another name")
        }
    }

    func run() throws {
        let pairing = try PicturePairing(expected: expected, actual: actual, mayBegin: update)
        try checkOutputs(ofFolders: pairing.isOfFolders)
        var comparisons: [PictureComparison] = []
        var times: [Double] = []
        for entry in pairing.entries {
            if Interruption.signal != 0 { throw Interruption.failure }
            let start = ContinuousClock.now
            let comparison = compared(entry)
            if let output { try writeHeatMap(of: comparison, to: output, ofFolders: pairing.isOfFolders) }
            comparisons.append(comparison)
            times.append(seconds(ContinuousClock.now - start))
            if !update { try say(comparison, ofFolders: pairing.isOfFolders) }
        }
        if update {
            try GoldenUpdate.apply(to: &comparisons, maximumPixels: reading.maxPixels)
            for comparison in comparisons { try say(comparison, ofFolders: pairing.isOfFolders) }
        }
        if let junit {
            let report = JUnitReport(suite: FileName.shown(expected), cases: Array(zip(comparisons, times)), isUpdate: update)
            try write(Array(report.xml.utf8), to: junit)
        }
        if pairing.isOfFolders, !quiet, !json { try standardOutput(summary(of: comparisons)) }
        try end(comparisons, ofFolders: pairing.isOfFolders)
    }

    private func compared(_ entry: PicturePairing.Entry) -> PictureComparison {
        switch entry {
        case .both(let files): PictureComparison(files, thresholds, maximumPixels: reading.maxPixels)
        case .onlyExpected(let files): PictureComparison(files, only: .missing)
        case .onlyActual(let files): PictureComparison(files, only: .extra)
        }
    }

    /// The last word: nothing, or what the exit code stands for.
    private func end(_ comparisons: [PictureComparison], ofFolders: Bool) throws(Failure) {
        let failures = comparisons.filter { $0.result == .unreadable }.compactMap(\.failure)
        if let first = failures.first {
            throw ofFolders && failures.count > 1
                ? Failure(first.code, "\(first.message); \(failures.count - 1) more of \(comparisons.count) cannot be read either") : first
        }
        if !update, comparisons.contains(where: { $0.result != .same }) { throw Failure(1, "") }
    }

    // MARK: - What is said

    private func say(_ comparison: PictureComparison, ofFolders: Bool) throws(Failure) {
        if json { return try standardOutput(comparison.json) }
        if quiet || output == "-" || junit == "-" { return }
        // Of two pictures that cannot be compared the error says all; of a folder that is as it should be there is nothing to say.
        guard comparison.result != (ofFolders ? .same : .unreadable) else { return }
        try standardOutput(comparison.line)
    }

    /// "12 pictures: 10 same, 1 different, 1 missing"
    private func summary(of comparisons: [PictureComparison]) -> String {
        let order: [PictureComparison.Result] = [.same, .different, .missing, .extra, .unreadable, .updated, .added]
        let counts = order.compactMap { result in
            let count = comparisons.count { $0.result == result }
            return count > 0 ? "\(count) \(result.rawValue)" : nil
        }
        return "\(comparisons.count) picture\(comparisons.count == 1 ? "" : "s"): \(counts.joined(separator: ", "))"
    }

    // MARK: - What is written

    private func checkOutputs(ofFolders: Bool) throws(Failure) {
        if let output {
            if ofFolders {
                guard output != "-" else { throw .usage("--output - can take one heat map only; name a folder") }
                guard !isFile(output) else { throw Failure(73, "\(FileName.shown(output)): is a file; name a folder for the heat maps") }
                for folder in [expected, actual].map({ $0.hasSuffix("/") ? $0 : $0 + "/" }) {
                    guard !(output + "/").hasPrefix(folder) else {
                        throw .usage("--output \(FileName.shown(output)) lies among the pictures; name a folder elsewhere")
                    }
                }
            } else {
                if OutputNames.isForeign(output) { throw .usage("\(output): pictures are written as .png or .jpg") }
                try check(output)
            }
        }
        if let junit { try check(junit) }
    }

    /// Of two pictures in any case, of folders if they differ.
    private func writeHeatMap(of comparison: PictureComparison, to output: String, ofFolders: Bool) throws(Failure) {
        guard comparison.result == .different || (comparison.result == .same && !ofFolders) else { return }
        let expected = try PictureSource.read(comparison.files.expected, maximumPixels: reading.maxPixels)
        let actual = try PictureSource.read(comparison.files.actual, maximumPixels: reading.maxPixels)
        let sheet = DifferenceSheet.compose(expected, actual)
        var path = output
        if ofFolders {
            // "a.jpg" beside "a.png" must not take its name.
            let name = comparison.files.name
            path = PicturePairing.path(output, PictureFormat(fileName: name) == .png ? name : name + ".png")
            try check(path, createFolders: true)
        }
        let bytes: [UInt8]
        do throws(PictureError) {
            bytes = try (PictureFormat(fileName: path) ?? .png).codec.encode(sheet, quality: nil, record: nil)
        } catch {
            throw Failure(error)
        }
        try write(bytes, to: path)
    }

    private func check(_ path: String, createFolders: Bool = false) throws(Failure) {
        do {
            try OutputFile.check(path, createFolders: createFolders)
        } catch {
            throw Failure(error)
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try OutputFile.write(bytes, to: path)
        } catch {
            throw Failure(error)
        }
    }
}
