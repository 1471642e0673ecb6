import ArgumentParser
import Files
import FoundationEssentials
import Images
import Synchronization
import Tensors

/// `lucid report`
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make one HTML page of the pictures in a folder, as a batch drew them: to look through, search and pass on.",
        discussion: """
            The page holds everything and needs no network: pictures by model and layer, their scores, plans, and commands to \
            draw them again. It is FOLDER/report.html unless --output says otherwise.

            Example: lucid report pictures
            """)

    @Argument(help: "A folder with pictures that lucid drew; those within it are looked through as well.", completion: .directory)
    var folder: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The page's file; - for standard output. (default: report.html in the folder)", valueName: "file"))
    var output: String?
    @Option(help: ArgumentHelp("The page's heading. (default: the folder's name)", valueName: "text")) var title: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The longer side of the pictures on the page, in pixels, 32 to 4096.", valueName: "n"))
    var thumbnail = 256
    @Flag(help: "Hold every picture as it is in its file instead of a thumbnail.") var full = false
    @Flag(help: "Overwrite a report.html that is not one of these.") var force = false
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var running: RunOptions

    /// What `--json` prints.
    private struct Result: Encodable {
        let output: String
        let pictures: Int
        let skipped: Int
        let unreadable: Int
        let bytes: Int
    }

    func validate() throws {
        guard (32...4096).contains(thumbnail) else { throw ValidationError("--thumbnail must be 32 to 4096, not \(thumbnail)") }
        if output == "" { throw ValidationError("--output is empty") }
    }

    func run() throws {
        let target = output ?? OutputNames.join(folder, "report.html")
        let files: [String]
        do {
            files = try Picture.relativePaths(in: folder)
            try OutputFile.check(target)
        } catch let error as InputError {
            throw Failure(error)
        } catch let error as OutputError {
            throw Failure(error)
        }
        if output == nil, !force, isFile(target), !Self.isReport(target) {
            throw Failure(73, "\(target) is there already, and is no report; use --force to overwrite it, or --output")
        }
        let (entries, failures) = read(files)
        if Interruption.signal != 0 { throw Interruption.failure }
        for failure in failures { standardError("lucid: \(failure.message), and is left out\n") }
        guard !entries.isEmpty else {
            throw Failure(66, "\(folder): there is no picture in it that lucid drew")
        }
        let name = URL(filePath: folder).standardized.lastPathComponent
        let page = ReportPage(
            title: title ?? (name.isEmpty || name == "." ? "lucid" : name), entries: entries,
            skipped: files.count - entries.count - failures.count, way: target == "-" ? "" : relativePath(of: folder, from: target))
        let bytes = Array(page.html.utf8)
        do {
            try OutputFile.write(bytes, to: target)
        } catch {
            throw Failure(error)
        }
        if running.json, target != "-" {
            try standardOutput(
                json(
                    Result(
                        output: target, pictures: entries.count, skipped: page.skipped, unreadable: failures.count, bytes: bytes.count)))
        } else if !running.quiet, target != "-" {
            try standardOutput("\(target)  \(entries.count) pictures, \(rounded(Double(bytes.count) / 1e6, 1)) MB")
        }
    }

    /// Pictures by model, group and name, and those that cannot be read.
    private func read(_ files: [String]) -> (entries: [ReportEntry], failures: [Failure]) {
        let results = Mutex<[Int: Swift.Result<ReportEntry?, Failure>]>([:])
        running.workers.forEach(files.count) { index in
            guard Interruption.signal == 0 else { return }
            let result = Swift.Result { () throws(Failure) in
                try ReportEntry(files[index], in: folder, side: full ? nil : thumbnail, maximumPixels: reading.maxPixels)
            }
            results.withLock { $0[index] = result }
        }
        var (entries, failures): ([ReportEntry], [Failure]) = ([], [])
        for index in files.indices {
            switch results.withLock({ $0[index] }) {
            case .success(let entry?): entries.append(entry)
            case .failure(let failure): failures.append(failure)
            case .success(nil), nil: break
            }
        }
        entries.sort(by: ReportEntry.precedes)
        return (entries, failures)
    }

    /// Whether a file was made by this command.
    private static func isReport(_ path: String) -> Bool {
        guard let bytes = try? PictureSource.bytes(of: path) else { return false }
        return String(decoding: bytes.prefix(1000), as: UTF8.self).contains("<meta name=\"generator\" content=\"lucid ")
    }
}
