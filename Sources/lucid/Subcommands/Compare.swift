import ArgumentParser
import Files
import FoundationEssentials
import Images
import Visualization

/// `lucid compare`
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lay pictures side by side, each with its name and score under it.",
        discussion: "Example: lucid compare eye.png eye_seed1.png -o both.png")

    @Argument(help: "Pictures, PNG or JPEG.") var pictures: [String]
    @Option(parsing: .unconditional, help: ArgumentHelp("Pictures in a row. (default: as square as can be)", valueName: "n")) var columns: Int?
    @Option(name: .shortAndLong, help: ArgumentHelp("The sheet's file, or - for standard output.", valueName: "path"))
    var output = "compare.png"
    @OptionGroup var reading: ReadingOptions
    @Flag(help: "Leave the captions out.") var noCaptions = false
    @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

    func validate() throws {
        guard pictures.count > 1 else { throw ValidationError("name at least two pictures") }
        if let columns, columns < 1 { throw ValidationError("--columns must be at least 1, not \(columns)") }
        if OutputNames.isForeign(output) { throw ValidationError("\(output): pictures are written as .png or .jpg") }
    }

    func run() throws {
        var cells: [Picture] = []
        for path in pictures {
            let picture = try PictureSource.read(path, maximumPixels: reading.maxPixels)
            cells.append(noCaptions ? picture : picture.captioned(caption(of: path)))
        }
        let sheet = ContactSheet.compose(cells, columns: columns)
        do {
            let bytes = try (PictureFormat(fileName: output) ?? .png).codec.encode(sheet, quality: nil, record: nil)
            try OutputFile.write(bytes, to: output)
        } catch let error as OutputError {
            throw Failure(error)
        }
        if !quiet, output != "-" { try standardOutput("\(output)  \(pictures.count) pictures") }
    }

    /// The file's name, and of pictures that lucid drew what they show.
    private func caption(of path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let record = try? PictureRecord(ofFile: path) else { return name }
        return "\(name)\n\(record.plan.model) \(record.plan.objective)\nscore \(rounded(Double(record.score), 2))"
    }
}
