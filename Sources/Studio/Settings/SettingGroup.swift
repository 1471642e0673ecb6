/// A group of settings, with what is to hold among them.
public protocol SettingGroup: Sendable {
    /// The plans that hold these settings' values.
    associatedtype PlanType = Never
    /// Every setting, in the order of its help: the table, made once.
    static var settings: [Setting<Self>] { get }
    /// A row for each setting; each group within this one lifts its own.
    @SettingTable<Self> static func table() -> [Setting<Self>]
    /// Nothing said.
    init()
    /// Holds the settings against each other.
    func check() throws(Problem)
}

/// Puts a group's settings, and those of groups within it, into one table.
@resultBuilder
public enum SettingTable<Target: SettingGroup> {
    /// A line of the table: one setting.
    public static func buildExpression(_ setting: Setting<Target>) -> [Setting<Target>] { [setting] }
    /// A line of the table: the settings of a group within.
    public static func buildExpression(_ settings: [Setting<Target>]) -> [Setting<Target>] { settings }
    /// The table's first line.
    public static func buildPartialBlock(first: [Setting<Target>]) -> [Setting<Target>] { first }
    /// The lines so far, and the next one.
    public static func buildPartialBlock(accumulated: [Setting<Target>], next: [Setting<Target>]) -> [Setting<Target>] { accumulated + next }
}

extension SettingGroup {
    /// These settings as those of a larger group that holds this one.
    static func lifted<Whole: SettingGroup>(_ part: WritableKeyPath<Whole, Self> & Sendable) -> [Setting<Whole>] {
        settings.map { $0.lifted(part) }
    }

    /// Settings from their texts, as options, a manifest or a form give them.
    ///
    /// - Parameter texts: by the settings' names; a flag's are empty.
    public init(given texts: [String: [String]]) throws(Problem) {
        self.init()
        for setting in Self.settings {
            if let texts = texts[setting.name] {
                try setting.set(&self, texts)
            } else if setting.isRequired {
                throw .usage("\(setting: setting.name) is missing", setting: setting.name)
            }
        }
        if let unknown = texts.keys.sorted().first(where: { name in !Self.settings.contains { $0.name == name } }) {
            throw .usage("there is no setting \"\(unknown)\"", setting: unknown)
        }
        try check()
    }

    /// The files and folders that these texts name to be read.
    ///
    /// - Parameter texts: by the settings' names.
    public static func inputs(given texts: [String: [String]]) -> [String] {
        // A network may be a file, and weights may come with a network's name: NAME=FILE.
        let networks = ["model", "a", "b"]
        return settings.filter { [.reads, .readsFolder].contains($0.file) || networks.contains($0.name) }.flatMap { texts[$0.name] ?? [] }
            .flatMap { text in [text] + (text.firstIndex(of: "=").map { [String(text[text.index(after: $0)...])] } ?? []) }
    }

    /// The setting of a name, where this group has it.
    public static func row(_ name: String) -> Setting<Self>? { settings.first { $0.name == name } }

    /// The setting of a name, for the option that spells it.
    public static subscript(_ name: String) -> Setting<Self> {
        guard let setting = row(name) else { preconditionFailure("\(Self.self) has no setting \(name)") }
        return setting
    }

    public func check() throws(Problem) {}

    /// Writes into a plan what is said, or else usual, of the settings that are its fields.
    func write(to plan: inout PlanType, usual: Self? = nil) { for setting in Self.settings { setting.write?(self, usual, &plan) } }

    /// The first of these settings that is given has no place here.
    static func refuse(_ reason: Message, among given: [(name: String, isGiven: Bool)]) throws(Problem) {
        if let (name, _) = given.first(where: \.isGiven) { throw .usage("\(setting: name) is \(reason)", setting: name) }
    }
}

extension Array {
    /// The rows but for those that a command has no use for.
    func without<Target>(_ names: String...) -> [Setting<Target>] where Element == Setting<Target> { filter { !names.contains($0.name) } }

    /// The rows of an output that is not drawn step by step: it has one state, one size and 8 bits.
    func withoutSteps<Target>() -> [Setting<Target>] where Element == Setting<Target> {
        without("output-size", "save-at", "evolution", "depth")
    }

    /// The rows, one of which has another default here.
    func stating<Target>(default text: String, of name: String) -> [Setting<Target>] where Element == Setting<Target> {
        map { $0.name == name ? $0.stating(default: text) : $0 }
    }
}
