import ArgumentParser
import Images
import Manifests
import Networks
import Tensors

/// What one entry of a manifest stands for: each combination of its models, layers, photographs, seeds and its matrix is a
/// command, which says itself what it would draw.
struct EntryPlan {
    /// A piece with the line of its entry.
    struct Planned {
        var piece: Piece
        let line: Int
    }

    let entry: Manifest.Entry
    let form: CommandForm
    /// The entry's settings and the defaults that it does not set, by what they mean to the command.
    private var settings: [String: Manifest.Setting] = [:]
    private var axes: [Axis] = []
    private var name: String?
    private var template: Manifest.Setting?
    /// Keys whose values are wrong by themselves, which has been noted.
    private var wrong: Set<String> = []

    /// Values of which each means a picture of its own.
    private struct Axis {
        let key: String
        let values: [Manifest.Value]
    }

    /// Keys of an entry that are not options.
    static let own: Set<String> = ["command", "name", "output", "matrix"]
    /// More than anybody draws: a matrix grows quickly.
    private static let mostCombinations = 100_000

    /// Reads an entry, and notes what is wrong with its keys.
    ///
    /// - Returns: nil if not even its command is known.
    init?(_ entry: Manifest.Entry, of manifest: Manifest, diagnostics: inout Diagnostics) {
        guard let command = entry["command"] ?? manifest.defaults["command"] else {
            diagnostics.add(entry.line, "it says no command, such as channel")
            return nil
        }
        guard let text = command.value.text, let form = CommandForm.all.first(where: { $0.name == text }) else {
            let name = command.value.text ?? ""
            let near = nearestNames(to: name, among: CommandForm.all.map(\.name)).joined(separator: ", ")
            diagnostics.add(command.line, "a batch has no command \"\(name)\"; the nearest are \(near)")
            return nil
        }
        self.entry = entry
        self.form = form
        for setting in entry.settings { take(setting, &diagnostics) }
        for setting in manifest.defaults.settings where setting.key != "command" {
            guard let key = form.meaning(of: setting.key) ?? (Self.own.contains(setting.key) ? setting.key : nil) else { continue }
            if settings[key] == nil, entry[key] == nil { take(setting, &diagnostics) }
        }
        template = template ?? manifest.output
    }

    private mutating func take(_ setting: Manifest.Setting, _ diagnostics: inout Diagnostics) {
        switch setting.key {
        case "command": return
        case "name", "output":
            guard let text = setting.value.text, !text.isEmpty else {
                return diagnostics.add(setting.line, "\(setting.key) is a single text")
            }
            if setting.key == "name" { name = text } else { template = setting }
            return
        case "matrix":
            guard case .map(let rows) = setting.value.content else {
                return diagnostics.add(setting.line, "matrix is a map of options to lists, such as {steps: [64, 512]}")
            }
            for row in rows {
                guard let key = form.meaning(of: row.key) else { return unknown(row, &diagnostics) }
                add(row, as: key, &diagnostics)
            }
            return
        default: break
        }
        guard let key = form.meaning(of: setting.key) else { return unknown(setting, &diagnostics) }
        guard settings[key] == nil else { return diagnostics.add(setting.line, "\(setting.key) says again what another line says") }
        if form.isAxis(setting.key) { return add(setting, as: key, &diagnostics) }
        settings[key] = setting
    }

    private mutating func add(_ setting: Manifest.Setting, as key: String, _ diagnostics: inout Diagnostics) {
        guard settings[key] == nil else { return diagnostics.add(setting.line, "\(setting.key) says again what another line says") }
        settings[key] = setting
        var values: [Manifest.Value]
        switch setting.value.content {
        case .list(let list): values = list
        case .nothing, .map: values = []
        case .text: values = [setting.value]
        }
        if key == "seed" {
            guard let texts = setting.value.texts, let list = SeedList(argument: texts.joined(separator: ",")) else {
                wrong.insert(key)
                return diagnostics.add(setting.line, "seeds are numbers such as [0, 1] or 0-3, each once")
            }
            values = list.seeds.map { Manifest.Value(line: setting.line, content: .text(String($0))) }
        }
        guard !values.isEmpty else {
            wrong.insert(key)
            return diagnostics.add(setting.line, "\(setting.key) is a list with a picture for each of its values, and this has none")
        }
        axes.append(Axis(key: key, values: values))
    }

    private func unknown(_ setting: Manifest.Setting, _ diagnostics: inout Diagnostics) {
        if CommandForm.batchOptions.contains(setting.key) {
            return diagnostics.add(setting.line, "\(setting.key) is for the batch as a whole, not for a picture of it")
        }
        let known = Self.own.union(form.parts.keys)
        let near = nearestNames(to: setting.key, among: known.sorted()).joined(separator: ", ")
        diagnostics.add(setting.line, "\(form.name) has no option \"\(setting.key)\"; the nearest are \(near)")
    }

    // MARK: - Pieces

    /// What there is to draw, in files of a folder; and what is wrong with it.
    func pieces(in folder: String, diagnostics: inout Diagnostics) -> [Planned] {
        var count = 1
        for axis in axes { count = count.multipliedReportingOverflow(by: axis.values.count).overflow ? Int.max : count * axis.values.count }
        guard count <= Self.mostCombinations else {
            diagnostics.add(entry.line, "it stands for \(count) commands, and a batch takes \(Self.mostCombinations)")
            return []
        }
        let said = diagnostics.all.count
        let template = template(&diagnostics)
        var planned: [Planned] = []
        for number in 0..<count where Interruption.signal == 0 {
            var (values, rest) = (settings.mapValues(\.value), number)
            for axis in axes.reversed() {
                values[axis.key] = axis.values[rest % axis.values.count]
                rest /= axis.values.count
            }
            let pieces = Combination(plan: self, values: values, template: template, folder: folder).pieces(&diagnostics)
            planned += pieces.map { Planned(piece: $0, line: entry.line) }
        }
        return diagnostics.all.count == said ? planned : []
    }

    /// The template of the files' names, in which everything is named that sets the entry's pictures apart.
    private func template(_ diagnostics: inout Diagnostics) -> String {
        var text = template?.value.text ?? form.usualTemplate
        let line = template?.line ?? entry.line
        // Each of the placeholders is one of these.
        let known = Self.always.sorted() + form.parts.keys
        for word in Self.placeholders(in: text) where !known.contains(word) && !CommandForm.all.contains(where: { $0.parts[word] != nil }) {
            let near = nearestNames(to: word, among: known, count: 1).first ?? ""
            diagnostics.add(line, "output: there is no {\(word)}; did you mean {\(near)}?")
        }
        guard !Self.leadsOut(text) else {
            diagnostics.add(line, "output: \(text) leads out of the batch's folder; it begins there by itself")
            return "x.png"
        }
        let isFlight = settings["zoom"] != nil
        let endings = isFlight ? [".gif", ".mp4", ".webm"] : PictureFormat.all.flatMap { $0.codec.endings }
        var ending = endings.first { text.lowercased().hasSuffix($0) } ?? ""
        if ending.isEmpty, isFlight ? PictureFormat(fileName: text) != nil : OutputNames.isForeign(text) {
            diagnostics.add(line, "output: \(text): \(isFlight ? "flights are written as .gif, .mp4 or .webm" : "pictures are written as .png or .jpg")")
            return "x" + endings[0]
        }
        text.removeLast(ending.count)
        if text.hasSuffix("/") { text += "{index}" }
        if ending.isEmpty { ending = endings[0] }
        if !form.drawsEachIndex {
            text = text.replacing("{index}", with: name != nil && !text.contains("{name}") ? "{name}" : form.name)
        }
        if !form.hasOneLayer { text = Self.without("layer", in: text) }
        // An option that the entry does not give has no place in its pictures' names.
        for word in Self.placeholders(in: text) where !Self.always.contains(word) && settings[word] == nil {
            text = Self.without(word, in: text)
        }
        if text.isEmpty || text.hasSuffix("/") { text += form.name }
        if name != nil, !text.contains("{name}") { text += "_{name}" }
        text = text.replacing("{name}", with: OutputNames.safe(name ?? form.name))
        for axis in axes where axis.values.count > 1 && !text.contains("{\(axis.key)}") {
            text += ["model", "layer", "photo", "content"].contains(axis.key) ? "_{\(axis.key)}" : "_\(axis.key){\(axis.key)}"
        }
        if form.drawsEachIndex, let texts = settings["index"]?.value.texts, texts.count > 1 || texts.first.flatMap(Int.init) == nil,
            !text.contains("{index}")
        {
            text += "_{index}"
        }
        return text + ending
    }

    /// Whether a path leads out of the folder that it is in.
    private static func leadsOut(_ path: String) -> Bool { path.hasPrefix("/") || path.split(separator: "/").contains("..") }

    /// The placeholders that stand for something in every entry.
    private static let always: Set<String> = ["model", "layer", "index", "seed", "command", "name"]

    /// A template without one of its placeholders, and without what sets it apart from the rest.
    private static func without(_ word: String, in text: String) -> String {
        ["{\(word)}/", "_{\(word)}", "-{\(word)}", "{\(word)}_", "{\(word)}-", "{\(word)}"].reduce(text) { $0.replacing($1, with: "") }
    }

    private static func placeholders(in text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstIndex(of: "}").map { String(part[..<$0]) }
        }
    }

    /// One command of an entry.
    private struct Combination {
        let plan: EntryPlan
        var values: [String: Manifest.Value]
        let template: String
        let folder: String

        private var form: CommandForm { plan.form }

        /// Parses the command and asks it for its pieces. A key that is to blame is noted and left out, until the rest makes
        /// sense or nobody is to blame: so one wrong value does not hide the next.
        func pieces(_ diagnostics: inout Diagnostics) -> [Piece] {
            var values = values
            for key in plan.wrong { values[key] = nil }
            var isWrong = !plan.wrong.isEmpty
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                guard let reason = objection(key, value) else { continue }
                diagnostics.add(value.line, "\(key) cannot be \(reason)")
                values[key] = nil
                isWrong = true
            }
            for _ in 0...2 * values.count {
                do {
                    let command: any DrawingCommand = try form.command.parse(["--output=\(path)"] + arguments(values))
                    try NumericProfile.begin(command.numerics.profile)
                    let pieces = try split(command)
                    return isWrong ? [] : pieces
                } catch {
                    let failure = error as? Failure
                    let message = failure?.message ?? LucidCommand.line(of: error)
                    guard let key = culprit(message, failure, values) else {
                        // What is missing may be what has been left out.
                        if !isWrong { diagnostics.add(plan.entry.line, message, code: failure?.code ?? 64) }
                        return []
                    }
                    isWrong = true
                    diagnostics.add(values[key]!.line, message, code: failure?.code ?? 64)
                    guard let substitute = Self.substitutes[key], form.required.contains(key) else {
                        guard !form.required.contains(key), !["model", "weights"].contains(key) else { return [] }
                        values[key] = nil
                        continue
                    }
                    guard values[key]?.text != substitute else { return [] }
                    values[key] = Manifest.Value(line: values[key]!.line, content: .text(substitute))
                }
            }
            return []
        }

        /// What does for a wrong value while others are looked for.
        private static let substitutes = ["index": "0"]

        /// The pieces of a command; of one that draws a single channel at a time, for each channel that is named.
        private func split(_ command: any DrawingCommand) throws -> [Piece] {
            guard let single = command as? any OneChannelCommand, let list = single.channels else { return try command.lightPieces() }
            var all: [Piece] = []
            let model = try single.model.load(quiet: true)
            for index in try Drawing.indices(list, of: single.layer, in: model) {
                var one = single
                one.channels = IndexList(index)
                all += try one.lightPieces()
            }
            return all
        }

        // MARK: Arguments

        private func arguments(_ values: [String: Manifest.Value]) -> [String] {
            let options = values.sorted { $0.key < $1.key }.filter { !form.arguments.contains($0.key) }
            let plain = form.arguments.flatMap { name in values[name].flatMap { arguments(name, $0) } ?? [] }
            return options.flatMap { arguments($0.key, $0.value) ?? [] } + (plain.isEmpty ? [] : ["--"] + plain)
        }

        /// What a value is that the key's cannot be; nil if it can.
        private func objection(_ key: String, _ value: Manifest.Value) -> String? {
            if arguments(key, value) == nil { return Self.kind(of: value) }
            return Self.read.contains(key) && value.texts?.contains("-") == true ? "standard input in a batch; name a file" : nil
        }

        /// A key's arguments; nil if its value is of no kind that it could be.
        private func arguments(_ key: String, _ value: Manifest.Value) -> [String]? {
            switch (form.parts[key]!, value.content) {
            case (.flag, .text(let text)):
                switch text.lowercased() {
                case "true", "yes", "on": return ["--\(key)"]
                case "false", "no", "off": return []
                default: return nil
                }
            case (.option(isRepeating: true), _): return value.texts?.map { option(key, $0) }
            case (.option, .text(let text)) where Self.written.contains(key) && EntryPlan.leadsOut(text): return nil
            case (.option, _): return value.texts.map { [option(key, $0.joined(separator: ","))] }
            case (.argument(isRepeating: true), _): return value.texts
            case (.argument, .text(let text)): return [text]
            default: return nil
            }
        }

        /// Options that name files to write, which lie in the batch's folder.
        private static let written: Set<String> = ["evolution", "keep"]
        /// Options that name files to read.
        private static let read: Set<String> = ["photo", "content", "styles", "guide", "start", "mask", "weights"]

        private func option(_ key: String, _ text: String) -> String {
            Self.written.contains(key) ? "--\(key)=\(place(expanded(text)))" : "--\(key)=\(text)"
        }

        private static func kind(of value: Manifest.Value) -> String {
            switch value.content {
            case .text(let text): "\"\(text)\""
            case .list: "a list"
            case .map: "a map"
            case .nothing: "empty"
            }
        }

        /// The file's name, but for what the command itself puts into it.
        private var path: String { place(expanded(template)) }

        /// Puts the entry's own words and options into a template; the command knows the rest.
        private func expanded(_ template: String) -> String {
            var text = template.replacing("{command}", with: form.name)
            if let name = plan.name { text = text.replacing("{name}", with: OutputNames.safe(name)) }
            for (key, value) in values where !["model", "layer", "index", "seed"].contains(key) {
                guard text.contains("{\(key)}"), let content = value.texts?.joined(separator: "-") else { continue }
                let name = Self.read.contains(key) ? OutputNames.path(content.split(separator: "/").last.map(String.init) ?? "", ending: "") : content
                text = text.replacing("{\(key)}", with: OutputNames.safe(name))
            }
            return text
        }

        /// A file's path in the batch's folder.
        private func place(_ file: String) -> String { folder == "." ? file : OutputNames.join(folder, file) }

        // MARK: Blame

        /// The key whose value a message is about.
        private func culprit(_ message: String, _ failure: Failure?, _ values: [String: Manifest.Value]) -> String? {
            let keys = values.keys.sorted { ($0.count, $0) > ($1.count, $1) }
            if let key = keys.first(where: { Self.names(message, $0) }) { return key }
            guard failure != nil else { return nil }
            // A network that cannot be loaded, and a layer or a channel that it does not have.
            let name = values["model"]?.text
            let model: Model
            do {
                model = try ModelOptions.load(name ?? ModelOptions.library().catalog.defaultName, weights: values["weights"]?.text, quiet: true)
            } catch {
                return values["weights"] != nil ? "weights" : values["model"] != nil ? "model" : nil
            }
            if let layer = values["layer"]?.text, form.name != "deepdream" {
                guard (try? Drawing.layer(layer, in: model)) != nil else { return "layer" }
                if let list = values["index"]?.texts.flatMap({ IndexList(argument: $0.joined(separator: ",")) }),
                    (try? Drawing.indices(list, of: layer, in: model)) == nil
                {
                    return "index"
                }
            }
            if form.name == "class" { return keys.first { ["index", "label"].contains($0) } }
            if form.name == "render", values["expression"] != nil { return "expression" }
            return keys.first { key in values[key]!.texts?.contains { !$0.isEmpty && message.hasPrefix($0) } ?? false }
        }

        /// Whether a message names an option.
        private static func names(_ message: String, _ key: String) -> Bool {
            guard let range = message.firstRange(of: "--\(key)") else { return false }
            return message[range.upperBound...].first.map { !($0.isLetter || $0 == "-") } ?? true
        }
    }
}

/// A command that draws one channel at a time.
protocol OneChannelCommand: DrawingCommand {
    var layer: String { get }
    /// What `--index` names; nil where it may be left out, and is.
    var channels: IndexList? { get set }
}

extension Facets: OneChannelCommand {
    var channels: IndexList? {
        get { index }
        set { index = newValue }
    }
}

extension Diversity: OneChannelCommand {
    var channels: IndexList? {
        get { index }
        set { index = newValue ?? index }
    }
}

extension Accentuate: OneChannelCommand {
    var channels: IndexList? {
        get { index }
        set { index = newValue ?? index }
    }
}

extension CommandForm {
    /// Whether `--index` names several pictures, a file each.
    fileprivate var drawsEachIndex: Bool { ["channel", "neuron", "class", "diversity", "facets", "accentuate"].contains(name) }

    /// Whether a picture is of one layer, which its name can hold.
    fileprivate var hasOneLayer: Bool { !["render", "progression", "style"].contains(name) }

    /// Where a manifest says nothing of names.
    fileprivate var usualTemplate: String {
        let photo = parts["photo"] != nil ? "_{photo}" : parts["content"] != nil ? "_{content}" : ""
        return "{model}/{layer}/" + (name == "channel" ? "" : name + photo) + (drawsEachIndex ? (name == "channel" ? "{index}" : "_{index}") : "")
    }
}

extension DrawingCommand {
    /// The pieces of its work. A single one that would keep photographs in memory until its turn comes finds them again then.
    fileprivate func lightPieces() throws -> [Piece] {
        let work = try work()
        var pieces = try work.pieces()
        guard pieces.count == 1, pieces[0].holdsPhotographs else { return pieces }
        let command = self
        let identity = pieces[0].identity
        pieces[0] = Piece(
            model: pieces[0].model, outputs: pieces[0].outputs, identity: identity, record: pieces[0].record,
            steps: pieces[0].steps, memory: pieces[0].memory, pictures: pieces[0].pictures
        ) { workers, progress throws(Failure) in
            do {
                let work = try command.work()
                let pieces = try work.pieces()
                guard pieces.count == 1, pieces[0].identity == identity else {
                    throw Failure.badData("a photograph changed while the batch ran; run it again")
                }
                return try pieces[0].draw(workers, progress)
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure(70, "\(error)")
            }
        }
        return pieces
    }
}
