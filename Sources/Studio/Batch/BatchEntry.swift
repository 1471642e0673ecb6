import Images
import Manifests
import Networks

/// One entry of a manifest: each combination of its models, layers, photographs, seeds and its matrix is a request.
struct BatchEntry {
    let entry: Manifest.Entry
    let form: RequestForm
    /// The entry's values and those of the defaults that it does not give, by their settings' names.
    private var settings: [String: Manifest.Setting] = [:]
    private var axes: [Axis] = []
    private var name: String?
    private var template: Manifest.Setting?
    /// Settings whose values are wrong by themselves, which has been noted.
    private var wrong: Set<String> = []

    /// Values of which each means a picture of its own.
    private struct Axis {
        let setting: String
        let values: [Manifest.Value]
    }

    /// Keys of an entry that are not settings of its request.
    static let own: Set<String> = ["command", "name", "output", "matrix"]
    /// More than anybody draws: a matrix grows quickly.
    private static let mostCombinations = 100_000

    /// Reads an entry, and notes what is wrong with its keys.
    ///
    /// - Returns: nil if not even its command is known.
    init?(_ entry: Manifest.Entry, of manifest: Manifest, _ mistakes: inout BatchMistakes) {
        guard let command = entry["command"] ?? manifest.defaults["command"] else {
            mistakes.add(entry.line, "it says no command, such as channel")
            return nil
        }
        guard let text = command.value.text, let form = RequestForm.all.first(where: { $0.command == text }) else {
            let name = command.value.text ?? ""
            let near = nearestNames(to: name, among: RequestForm.all.map(\.command)).joined(separator: ", ")
            mistakes.add(command.line, "a batch has no command \"\(name)\"; the nearest are \(sentence: near)")
            return nil
        }
        self.entry = entry
        self.form = form
        for setting in entry.settings { take(setting, &mistakes) }
        for setting in manifest.defaults.settings where setting.key != "command" {
            guard let key = form.setting(of: setting.key) ?? (Self.own.contains(setting.key) ? setting.key : nil) else { continue }
            if settings[key] == nil, entry[key] == nil { take(setting, &mistakes) }
        }
        template = template ?? manifest.output
    }

    private mutating func take(_ setting: Manifest.Setting, _ mistakes: inout BatchMistakes) {
        switch setting.key {
        case "command": return
        case "name", "output":
            guard let text = setting.value.text, !text.isEmpty else {
                return mistakes.add(setting.line, "\(setting.key) is a single text")
            }
            if setting.key == "name" { name = text } else { template = setting }
        case "matrix":
            guard case .map(let rows) = setting.value.content else {
                return mistakes.add(setting.line, "matrix is a map of settings to lists, such as {steps: [64, 512]}")
            }
            for row in rows { take(row, isAxis: true, &mistakes) }
        default: take(setting, isAxis: form.isAxis(setting.key), &mistakes)
        }
    }

    private mutating func take(_ setting: Manifest.Setting, isAxis: Bool, _ mistakes: inout BatchMistakes) {
        guard let name = form.setting(of: setting.key) else { return mistakes.add(setting.line, unknown(setting.key)) }
        guard settings[name] == nil else { return mistakes.add(setting.line, "\(setting.key) says again what another line says") }
        settings[name] = setting
        guard isAxis else { return }
        var values: [Manifest.Value]
        switch setting.value.content {
        case .list(let list): values = list
        case .nothing, .map: values = []
        case .text: values = [setting.value]
        }
        if name == "seed" {
            guard let texts = setting.value.texts, let list = SeedList(text: texts.joined(separator: ",")) else {
                wrong.insert(name)
                return mistakes.add(setting.line, "\(setting.key) must be \(sentence: SeedList.form)")
            }
            values = list.seeds.map { Manifest.Value(line: setting.line, content: .text(String($0))) }
        }
        guard !values.isEmpty else {
            wrong.insert(name)
            return mistakes.add(setting.line, "\(setting.key) is a list with a picture for each of its values, and this has none")
        }
        axes.append(Axis(setting: name, values: values))
    }

    private func unknown(_ key: String) -> Message {
        if RequestForm.batchSettings.contains(key) { return "\(key) is for the batch as a whole, not for a picture of it" }
        let near = nearestNames(to: key, among: Self.own.union(form.settings.keys).sorted()).joined(separator: ", ")
        return "\(form.command) has no setting \"\(key)\"; the nearest are \(sentence: near)"
    }

    /// The jobs of every combination, with files in a folder; none where anything is wrong, which is noted.
    func jobs(in folder: String, _ session: Session, _ mistakes: inout BatchMistakes) -> [any Job] {
        var count = 1
        for axis in axes { count = count.multipliedReportingOverflow(by: axis.values.count).overflow ? Int.max : count * axis.values.count }
        guard count <= Self.mostCombinations else {
            mistakes.add(entry.line, "it stands for \(count) requests, and a batch takes \(Self.mostCombinations)")
            return []
        }
        let before = mistakes.all.count
        let template = NameTemplate(
            template, form, entryLine: entry.line, name: name, settings: settings.mapValues(\.value),
            axes: axes.filter { $0.values.count > 1 }.map(\.setting), &mistakes)
        var jobs: [any Job] = []
        for number in 0..<count where !session.isCancelled() {
            var (values, rest) = (settings.mapValues(\.value), number)
            for axis in axes.reversed() {
                values[axis.setting] = axis.values[rest % axis.values.count]
                rest /= axis.values.count
            }
            let combination = BatchCombination(form: form, line: entry.line, name: name, values: values, wrong: wrong, template: template, folder: folder)
            jobs += combination.jobs(session, &mistakes)
        }
        return mistakes.all.count == before ? jobs : []
    }
}
