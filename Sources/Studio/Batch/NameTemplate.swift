import Images
import Manifests
import Networks

/// The template of an entry's file names, in which everything is named that sets the entry's pictures apart.
struct NameTemplate {
    /// With the placeholders that the request itself expands.
    let text: String

    /// The placeholders that stand for something in every entry.
    private static let always: Set<String> = ["model", "layer", "index", "seed", "command", "name"]

    /// - Parameters:
    ///   - given: the manifest's own template; nil for the usual one.
    ///   - settings: those that the entry gives, by their names.
    ///   - axes: the settings of which each value means a picture, if they have several.
    init(
        _ given: Manifest.Setting?, _ form: RequestForm, entryLine: Int, name: String?, settings: [String: Manifest.Value], axes: [String],
        _ mistakes: inout BatchMistakes
    ) {
        var text = given?.value.text ?? form.usualTemplate
        let line = given?.line ?? entryLine
        do {
            try Self.check(FileTemplate(text), form, line, &mistakes)
        } catch {
            mistakes.add(line, "output: \(sentence: error.message(text))")
            text = "x"
        }
        if Self.leadsOut(text) {
            mistakes.add(line, "output: \(text) leads out of the batch's folder; it begins there by itself")
            text = "x"
        }
        let kind: Kind = settings["zoom"] != nil ? .flight : form.request.makesFigures || settings["count"] != nil ? .figure : .picture
        let ending = Self.takeEnding(&text, kind, line, &mistakes)
        if text.hasSuffix("/") { text += "{index}" }
        if !form.request.drawsEachIndex {
            text = text.replacing("{index}", with: name != nil && !text.contains("{name}") ? "{name}" : form.command)
        }
        if !form.hasOneLayer { text = Self.without("layer", in: text) }
        // A setting that the entry does not give has no place in its pictures' names.
        for word in Self.placeholders(in: text) where !Self.always.contains(word) && settings[word] == nil {
            text = Self.without(word, in: text)
        }
        if text.isEmpty || text.hasSuffix("/") { text += form.command }
        if name != nil, !text.contains("{name}") { text += "_{name}" }
        text = text.replacing("{name}", with: FileTemplate.literal(OutputNames.safe(name ?? form.command)))
        for axis in axes where !text.contains("{\(axis)}") {
            text += ["model", "layer", "photo", "content"].contains(axis) ? "_{\(axis)}" : "_\(axis){\(axis)}"
        }
        let index = settings["index"]?.texts
        if form.request.drawsEachIndex, let index, index.count > 1 || index.first.flatMap(Int.init) == nil, !text.contains("{index}") {
            text += "_{index}"
        }
        self.text = text + ending
    }

    private static func check(_ template: FileTemplate, _ form: RequestForm, _ line: Int, _ mistakes: inout BatchMistakes) {
        let known = always.sorted() + form.settings.keys
        for word in template.words where !known.contains(word) && !RequestForm.all.contains(where: { $0.settings[word] != nil }) {
            let near = nearestNames(to: word, among: known, count: 1).first ?? ""
            mistakes.add(line, "output: there is no {\(word)}; did you mean {\(near)}?")
        }
    }

    /// The kinds of files, which have endings of their own.
    private enum Kind {
        case picture, figure, flight

        var endings: [String] {
            switch self {
            case .picture: PictureFormat.all.flatMap { $0.codec.endings } + [OutputNames.arrayEnding]
            case .figure: OutputNames.figureEndings
            case .flight: [".gif", ".mp4", ".webm"]
            }
        }

        var rule: String {
            switch self {
            case .picture: OutputNames.pictureRule
            case .figure: OutputNames.figureRule
            case .flight: "flights are written as .gif, .mp4 or .webm"
            }
        }
    }

    /// Takes a file's ending off.
    private static func takeEnding(_ text: inout String, _ kind: Kind, _ line: Int, _ mistakes: inout BatchMistakes) -> String {
        if let ending = kind.endings.first(where: { text.lowercased().hasSuffix($0) }) {
            text.removeLast(ending.count)
            return ending
        }
        if kind == .flight ? PictureFormat(fileName: text) != nil : OutputNames.isForeign(text) {
            mistakes.add(line, "output: \(text): \(kind.rule)")
            text = "x"
        }
        return kind.endings[0]
    }

    /// Whether a path leads out of the folder that it is in.
    static func leadsOut(_ path: String) -> Bool { path.hasPrefix("/") || path.split(separator: "/").contains("..") }

    /// A template without one of its placeholders, and without the character that sets it apart from the rest.
    private static func without(_ word: String, in text: String) -> String {
        ["{\(word)}/", "_{\(word)}", "-{\(word)}", "{\(word)}_", "{\(word)}-", "{\(word)}"].reduce(text) { $0.replacing($1, with: "") }
    }

    private static func placeholders(in text: String) -> [String] {
        (try? FileTemplate(text))?.words ?? []
    }
}
