/// One thing that can be said about a job, in one place: its name, its bounds, its help, and where its value goes. The command line's
/// option, a manifest's key, a form's field, the blame for a wrong value, the rows of `info` and the command that a picture shows
/// all come from here.
public struct Setting<Target: SettingGroup>: Sendable {
    /// In lower case with hyphens, such as "learning-rate".
    public let name: String
    /// Names under which it is understood as well: those that other commands have for the same thing.
    public internal(set) var otherNames: [String] = []
    /// How many texts it takes.
    public let kind: SettingKind
    /// One sentence for people, with the default.
    public internal(set) var help: String
    /// A word for the value, such as "n".
    public let valueName: String
    /// Whether a job cannot do without.
    public internal(set) var isRequired = false
    /// Whether it stands on a command line without its name, in its place.
    public internal(set) var isPositional = false
    /// The use of the file that its text names.
    public internal(set) var file = SettingFile.none
    /// The texts that it can be, where there are a few.
    public internal(set) var choices: [String] = []

    /// Where its value stands in a plan; nil where a plan does not hold it as such.
    public internal(set) var field: PlanField<Target.PlanType>?
    /// Writes the target's value into a plan, or else that of the usual settings; nil where planning does it.
    var write: (@Sendable (_ own: Target, _ usual: Target?, _ plan: inout Target.PlanType) -> Void)?

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
        lifted.otherNames = otherNames
        lifted.isRequired = isRequired
        lifted.isPositional = isPositional
        lifted.file = file
        lifted.choices = choices
        return lifted
    }

    func called(_ otherNames: String...) -> Setting { changed { $0.otherNames = otherNames } }
    func required() -> Setting { changed { $0.isRequired = true } }
    /// A positional setting of a command line.
    func positional() -> Setting { changed { $0.isPositional = true } }
    func reading(_ use: SettingFile = .reads) -> Setting { changed { $0.file = use } }
    func writing() -> Setting { changed { $0.file = .writes } }

    /// The same setting, whose help says another default.
    func stating(default text: String) -> Setting {
        changed { setting in
            let start = setting.help.firstRange(of: "(default: ")?.lowerBound ?? setting.help.endIndex
            setting.help = setting.help[..<start] + "(default: \(text))"
        }
    }

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
    /// One text.
    case value
    /// Any number of texts.
    case list
}

/// The use of a file that a setting's text names.
public enum SettingFile: Sendable, Equatable {
    /// The text names no file.
    case none
    /// A file that is read, or "-" for standard input.
    case reads
    /// A folder whose files are read.
    case readsFolder
    /// A file or a folder that is written.
    case writes
}

extension Setting {
    /// The same setting, whose value a plan holds as this.
    func field<Value: SettingValue>(
        _ rule: Rule<Value>? = nil, _ value: @escaping @Sendable (Target.PlanType) -> Value?
    ) -> Setting {
        changed { $0.field = PlanField(value, rule) }
    }

    /// The same setting, which a plan has if this holds.
    func flag(_ isSet: @escaping @Sendable (Target.PlanType) -> Bool) -> Setting { changed { $0.field = PlanField(flag: isSet) } }
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
