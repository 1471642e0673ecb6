import Studio
import Tensors

/// The texts of a command line's words by the settings' names. What is said twice counts as it was said last, unless it is a list.
///
/// - Parameter folder: where relative names of files lie.
func texts<Group: SettingGroup>(_ words: some Sequence<String>, for group: Group.Type, in folder: String? = nil) throws -> [String: [String]] {
    var texts: [String: [String]] = [:]
    var places = Group.settings.filter(\.isPositional)[...]
    func add(_ text: String, to setting: Setting<Group>) {
        let isPath = setting.file != .none && text != "-" && !text.isEmpty && !text.hasPrefix("/")
        let text = isPath && folder != nil ? "\(folder!)/\(text)" : text
        texts[setting.name] = (setting.kind == .list ? texts[setting.name] ?? [] : []) + [text]
    }
    var words = Array(words)[...]
    while let word = words.popFirst() {
        if word.hasPrefix("--") || word == "-o" {
            let name = word == "-o" ? "output" : String(word.dropFirst(2))
            guard let setting = Group.settings.first(where: { $0.name == name || $0.otherNames.contains(name) }) else {
                throw Problem.usage("there is no setting \"\(name)\"", setting: name)
            }
            if setting.kind == .flag { texts[name] = [""] } else { add(words.popFirst() ?? "", to: setting) }
        } else {
            guard let setting = places.first else { throw Problem.usage("there is no place for \"\(word)\"") }
            add(word, to: setting)
            if setting.kind != .list { places.removeFirst() }
        }
    }
    return texts
}

/// A session that several tests share, so that networks are read once.
let sharedSession = Session(workers: Workers(1))

/// The jobs of a command, from the words of a command line.
func jobs(_ command: String, _ words: [String], _ session: Session = sharedSession) throws -> JobList {
    func jobs<Request: DrawingRequest>(_ request: Request.Type) throws -> JobList { try Request(given: texts(words, for: request)).jobs(session) }
    guard let request = allRequests.first(where: { $0.command == command }) else { throw Problem.usage("no command \(command)") }
    return try jobs(request)
}

extension Problem {
    /// The sentence with settings spelled as options, as a command line prints it.
    var line: String { message.text { "--\($0)" } }
}
