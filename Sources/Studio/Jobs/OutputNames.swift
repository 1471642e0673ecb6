import Files
import Images
import ModelStore

/// The files that a command's pictures go to.
struct OutputNames {
    /// The words that a file name may be made of.
    struct Parts {
        var model: String
        var layer: String?
        var index: Int?
        var seed: UInt64
        /// Sets pictures of one unit by different commands apart; nil for the plain MODEL_LAYER_INDEX.png.
        var kind: String?
        /// A class's name, which default names have in the index's place.
        var label: String?
        /// Words that set apart what else differs, such as a photograph's name, "seed7" or "negative".
        var details: [String] = []
    }

    /// Expands `--output`, or makes the default name.
    static func path(_ output: String?, _ parts: Parts) -> String {
        path(
            output, parts,
            name: ([stem(parts.model), parts.layer.map(safe), parts.label ?? parts.index.map(String.init), parts.kind]
                .compactMap { $0 } + parts.details).joined(separator: "_") + ".png")
    }

    /// The default name for what is made of a photograph: "folder/cat.jpg" becomes "cat_dream.png".
    static func path(_ output: String?, _ parts: Parts, photo: String, kind: String) -> String {
        path(output, parts, name: ([stem(ofPhoto: photo), kind] + parts.details).joined(separator: "_") + ".png")
    }

    /// "cat" for "folder/cat.jpg".
    static func stem(ofPhoto photo: String) -> String {
        let file = photo == "-" ? "stdin" : photo.split(separator: "/").last.map(String.init) ?? photo
        return file.lastIndex(of: ".").flatMap { $0 > file.startIndex ? String(file[..<$0]) : nil } ?? file
    }

    /// A few characters that tell long texts apart.
    static func short(_ text: String) -> String { String(sha256(of: Array(text.utf8)).prefix(8)) }

    /// "killer_whale" for "killer whale".
    static func word(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
    }

    private static func path(_ output: String?, _ parts: Parts, name: String) -> String {
        guard let output else { return name }
        if output == "-" { return output }
        let expanded = expand(output, parts)
        return isNamed(output, parts) ? expanded : join(expanded, name)
    }

    /// Whether `--output` names a file, rather than nothing or the folder for one with a default name.
    static func isNamed(_ output: String?, _ parts: Parts) -> Bool {
        guard let output else { return false }
        let expanded = expand(output, parts)
        return output == "-" || !expanded.hasSuffix("/") && !isFolder(expanded)
    }

    /// Puts the parts in the place of their names.
    static func expand(_ text: String, _ parts: Parts) -> String {
        // A request's templates were checked with its settings.
        guard let template = try? FileTemplate(text) else { return text }
        return template.expanded { word in
            switch word {
            case "model": stem(parts.model)
            case "layer": parts.layer.map(safe) ?? ""
            case "index": parts.index.map(String.init) ?? ""
            case "seed": String(parts.seed)
            default: nil
            }
        }
    }

    /// The name for one of several pictures: "eye.png" becomes "eye_2.png".
    static func path(_ path: String, picture: Int) -> String { inserting("_\(picture)", into: path) }

    /// The same name with another ending: "eye.png" becomes "eye.json".
    static func path(_ path: String, ending: String) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return path + ending }
        return path[..<dot] + ending
    }

    /// The index beside a sheet, "eye.json" for "eye.png"; nil beside standard output.
    static func index(of sheet: String) -> String? { sheet == "-" ? nil : path(sheet, ending: ".json") }

    /// The endings of charts and sheets.
    static let figureEndings = PictureFormat.all.flatMap { $0.codec.endings } + FigureFormat.allCases.map { ".\($0.rawValue)" }
    /// The usual ending of each format of pictures.
    static let usualPictureEndings = PictureFormat.all.map { $0.codec.endings[0] }
    /// The same for charts and sheets.
    static let usualFigureEndings = usualPictureEndings + FigureFormat.allCases.map { ".\($0.rawValue)" }
    /// Advice for a picture of another ending.
    static let pictureRule = "pictures are written as \(listed(usualPictureEndings + [arrayEnding]))"
    /// The same for a chart or a sheet.
    static let figureRule = "charts and sheets are written as \(listed(usualFigureEndings))"

    /// ".gif" of "way.gif", and nothing of a name without an ending.
    static func ending(of path: String) -> String {
        let stem = Self.path(path, ending: "")
        return String(path.dropFirst(stem.count))
    }

    /// The name for the picture after some steps: "eye.png" becomes "eye_step32.png".
    static func path(_ path: String, step: Int) -> String { inserting("_step\(step)", into: path) }

    private static func inserting(_ text: String, into path: String) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return path + text }
        return "\(path[..<dot])\(text)\(path[dot...])"
    }

    /// A file's path in the folder of another.
    static func beside(_ path: String, _ name: String) -> String {
        path.lastIndex(of: "/").map { path[...$0] + name } ?? name
    }

    /// Whether a name asks for a kind of file that is not written here: it has the ending of another picture, or one of two to five letters,
    /// such as .txt. Names without an ending, and those with a dot that is part of them, such as features.10, are PNGs.
    ///
    /// - Parameter isFigure: whether it is of a chart or a sheet, which an SVG or a PDF can hold.
    static func isForeign(_ path: String, isFigure: Bool = false) -> Bool {
        if isFigure, FigureFormat(fileName: path) != nil { return false }
        guard PictureFormat(fileName: path) == nil else { return false }
        let letters = ending(of: path).dropFirst()
        return [".jp2", ".mp4"].contains { path.lowercased().hasSuffix($0) }
            || (2...5).contains(letters.count) && letters.allSatisfy { $0.isASCII && $0.isLetter }
    }

    /// Whether a name asks for a picture's values in all channels, `[channels, height, width]` in 0…1, as a NumPy array.
    static func isArray(_ path: String) -> Bool { path.lowercased().hasSuffix(arrayEnding) }

    static let arrayEnding = ".npy"

    /// A model's name; of a graph in a file, the file's.
    static func stem(_ model: String) -> String {
        guard ModelLibrary.isGraphFile(model), let file = model.split(separator: "/").last else { return safe(model) }
        return safe(String(file.dropLast(".onnx".count)))
    }

    static func safe(_ name: String) -> String {
        String(name.map { $0 == "/" || $0 == ":" ? "-" : $0 })
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}
