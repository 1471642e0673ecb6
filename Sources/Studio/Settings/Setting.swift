import Synchronization

/// One thing that can be said about a job, in one place: its name, its bounds, its help, and where its value goes. The command line's
/// option, a manifest's key, a form's field, the blame for a wrong value, the rows of `info` and the command that a picture shows
/// all come from here.
public struct Setting<Target: SettingGroup>: Sendable {
    /// In lower case with hyphens, such as "learning-rate".
    public let name: String
    public let kind: SettingKind
    /// One sentence for people, with the default.
    public let help: String
    /// A word for the value, such as "n".
    public let valueName: String
    /// Whether a job cannot do without.
    public internal(set) var isRequired = false
    /// Whether it stands on a command line without its name, in its place.
    public internal(set) var isPositional = false
    public internal(set) var file = SettingFile.none
    /// The texts that it can be, where there are a few.
    public internal(set) var choices: [String] = []

    /// Where its value stands in a plan; nil where a plan does not hold it as such.
    public internal(set) var field: PlanField<Target.PlanType>?

    let set: @Sendable (inout Target, [String]) throws(Problem) -> Void

    init(
        _ name: String, _ kind: SettingKind, _ valueName: String, _ help: String,
        set: @escaping @Sendable (inout Target, [String]) throws(Problem) -> Void
    ) {
        self.name = name
        self.kind = kind
        self.valueName = valueName
        self.help = help
        self.set = set
    }

    /// The same setting of something larger that holds the target.
    func lifted<Whole: SettingGroup>(_ part: WritableKeyPath<Whole, Target> & Sendable) -> Setting<Whole> {
        var lifted = Setting<Whole>(name, kind, valueName, help) { [set] whole, texts throws(Problem) in
            try set(&whole[keyPath: part], texts)
        }
        lifted.isRequired = isRequired
        lifted.isPositional = isPositional
        lifted.file = file
        lifted.choices = choices
        return lifted
    }

    func required() -> Setting { changed { $0.isRequired = true } }
    /// A positional setting of a command line.
    func positional() -> Setting { changed { $0.isPositional = true } }
    func reading(_ use: SettingFile = .reads) -> Setting { changed { $0.file = use } }
    func writing() -> Setting { changed { $0.file = .writes } }

    private func changed(_ change: (inout Setting) -> Void) -> Setting {
        var copy = self
        change(&copy)
        return copy
    }
}

/// How many texts a setting takes.
public enum SettingKind: Sendable, Equatable {
    /// It is said or not.
    case flag
    case value
    /// Any number of texts.
    case list
}

/// The use of a file that a setting's text names.
public enum SettingFile: Sendable, Equatable { case none, reads, readsFolder, writes }

/// Which values a setting takes, beside having the right type.
public struct Rule<Value>: Sendable {
    /// "0 to 100"
    let text: String
    let holds: @Sendable (Value) -> Bool

    init(_ text: String, _ holds: @escaping @Sendable (Value) -> Bool) {
        self.text = text
        self.holds = holds
    }

    static func at(least: Value) -> Rule where Value: SettingValue & Comparable {
        Rule("at least \(least.text)") { $0 >= least }
    }

    static func from(_ least: Value, to most: Value) -> Rule where Value: SettingValue & Comparable {
        Rule("\(least.text) to \(most.text)") { (least...most).contains($0) }
    }
}

extension Rule where Value == Float {
    static let positive = Rule("above 0") { $0.isFinite && $0 > 0 }
    static let finite = Rule("a number") { $0.isFinite }
}

extension Setting {
    /// A setting of one value; nothing is said where the value is nil.
    init<Value: SettingValue>(
        _ name: String, _ key: WritableKeyPath<Target, Value?> & Sendable, _ valueName: String, _ help: String,
        _ rule: Rule<Value>? = nil
    ) {
        self.init(name, .value, valueName, help) { target, texts throws(Problem) in
            target[keyPath: key] = try Self.value(name, texts, rule)
        }
        choices = Value.choices
    }

    /// A setting of one value that every plan has.
    init<Value: SettingValue>(
        _ name: String, _ key: WritableKeyPath<Target, Value?> & Sendable, _ valueName: String, _ help: String,
        _ rule: Rule<Value>? = nil, in field: KeyPath<Target.PlanType, Value> & Sendable
    ) {
        self.init(name, key, valueName, help, rule)
        self.field = PlanField({ $0[keyPath: field] }, rule)
    }

    /// A setting of one value that a plan need not have.
    init<Value: SettingValue>(
        _ name: String, _ key: WritableKeyPath<Target, Value?> & Sendable, _ valueName: String, _ help: String,
        _ rule: Rule<Value>? = nil, ifIn field: KeyPath<Target.PlanType, Value?> & Sendable
    ) {
        self.init(name, key, valueName, help, rule)
        self.field = PlanField({ $0[keyPath: field] }, rule)
    }

    /// A setting of one value that has a default.
    init<Value: SettingValue>(
        _ name: String, _ key: WritableKeyPath<Target, Value> & Sendable, _ valueName: String, _ help: String,
        _ rule: Rule<Value>? = nil
    ) {
        self.init(name, .value, valueName, "\(help) (default: \(Target()[keyPath: key].text))") { target, texts throws(Problem) in
            target[keyPath: key] = try Self.value(name, texts, rule)
        }
        choices = Value.choices
    }

    /// A setting of one value that has a default, and that every plan has.
    init<Value: SettingValue>(
        _ name: String, _ key: WritableKeyPath<Target, Value> & Sendable, _ valueName: String, _ help: String,
        _ rule: Rule<Value>? = nil, in field: KeyPath<Target.PlanType, Value> & Sendable
    ) {
        self.init(name, key, valueName, help, rule)
        self.field = PlanField({ $0[keyPath: field] }, rule)
    }

    /// A setting without which there is no job.
    init<Value: SettingValue>(
        _ name: String, required key: WritableKeyPath<Target, Value> & Sendable, _ valueName: String, _ help: String,
        _ rule: Rule<Value>? = nil
    ) {
        self.init(name, .value, valueName, help) { target, texts throws(Problem) in
            target[keyPath: key] = try Self.value(name, texts, rule)
        }
        choices = Value.choices
        isRequired = true
    }

    /// A setting that is repeated.
    init<Value: SettingValue>(
        _ name: String, list key: WritableKeyPath<Target, [Value]> & Sendable, _ valueName: String, _ help: String
    ) {
        self.init(name, .list, valueName, help) { target, texts throws(Problem) in
            var values: [Value] = []
            for text in texts { values.append(try Self.value(name, [text], nil)) }
            target[keyPath: key] = values
        }
    }

    /// A setting that is said or not.
    init(
        _ name: String, flag key: WritableKeyPath<Target, Bool> & Sendable, _ help: String,
        in field: (@Sendable (Target.PlanType) -> Bool)? = nil
    ) {
        self.init(name, .flag, "", help) { target, _ in target[keyPath: key] = true }
        if let field { self.field = PlanField(flag: field) }
    }

    private static func value<Value: SettingValue>(_ name: String, _ texts: [String], _ rule: Rule<Value>?) throws(Problem) -> Value {
        let text = texts.joined(separator: ",")
        guard let value = Value(text: text) else {
            throw .usage("\(setting: name) must be \(Value.form), not \"\(text)\"", setting: name)
        }
        if let rule, !rule.holds(value) { throw .value(of: name, rule.text, text) }
        return value
    }
}

/// A setting's value in a plan.
public struct PlanField<Plan>: Sendable {
    /// The text that gives the value again; empty for a flag that is set, nil where there is nothing to say.
    let text: @Sendable (Plan) -> String?
    /// Whether the value is one that the setting takes: a plan from a file may hold anything.
    let isWithin: @Sendable (Plan) -> Bool

    init<Value: SettingValue>(_ value: @escaping @Sendable (Plan) -> Value?, _ rule: Rule<Value>? = nil) {
        text = { value($0)?.text }
        isWithin = { plan in value(plan).flatMap { value in rule.map { $0.holds(value) } } ?? true }
    }

    init(flag: @escaping @Sendable (Plan) -> Bool) {
        text = { flag($0) ? "" : nil }
        isWithin = { _ in true }
    }
}

/// A group of settings, with what is to hold among them.
public protocol SettingGroup: Sendable {
    /// The plans that hold these settings' values.
    associatedtype PlanType = Never
    /// Every setting, in the order of its help.
    @SettingTable<Self> static func table() -> [Setting<Self>]
    /// Nothing said.
    init()
    /// Holds the settings against each other.
    func check() throws(Problem)
}

/// Puts a group's settings, and those of groups within it, into one table.
@resultBuilder
public enum SettingTable<Target: SettingGroup> {
    public static func buildExpression(_ setting: Setting<Target>) -> [Setting<Target>] { [setting] }
    public static func buildExpression(_ settings: [Setting<Target>]) -> [Setting<Target>] { settings }
    public static func buildPartialBlock(first: [Setting<Target>]) -> [Setting<Target>] { first }
    public static func buildPartialBlock(accumulated: [Setting<Target>], next: [Setting<Target>]) -> [Setting<Target>] { accumulated + next }
}

/// The tables that have been made, by their groups' types.
private let tables = Mutex<[ObjectIdentifier: any Sendable]>([:])

extension SettingGroup {
    /// Every setting, in the order of its help.
    public static var settings: [Setting<Self>] {
        if let table = tables.withLock({ $0[ObjectIdentifier(Self.self)] }) as? [Setting<Self>] { return table }
        let table = table()
        tables.withLock { $0[ObjectIdentifier(Self.self)] = table }
        return table
    }

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

    /// The setting of a name, for the option that spells it.
    public static subscript(_ name: String) -> Setting<Self> {
        guard let setting = settings.first(where: { $0.name == name }) else { preconditionFailure("\(Self.self) has no setting \(name)") }
        return setting
    }

    public func check() throws(Problem) {}

    /// The first of these settings that is given has no place here.
    static func refuse(_ reason: Message, among given: [(name: String, isGiven: Bool)]) throws(Problem) {
        if let (name, _) = given.first(where: \.isGiven) { throw .usage("\(setting: name) is \(reason)", setting: name) }
    }
}

extension Setting {
    /// The same setting, whose value a plan holds as this.
    func field<Value: SettingValue>(_ value: @escaping @Sendable (Target.PlanType) -> Value?) -> Setting {
        changed { $0.field = PlanField(value) }
    }

    /// The same setting, which a plan has if this holds.
    func flag(_ isSet: @escaping @Sendable (Target.PlanType) -> Bool) -> Setting { changed { $0.field = PlanField(flag: isSet) } }
}
