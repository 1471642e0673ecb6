import ArgumentParser
import Studio

// A setting's option is one line: its name, help and choices come from the setting's row in Studio. The option holds texts; Studio
// reads them, as it reads a manifest's.

extension Option where Value == String? {
    /// The option of a setting that may be left out.
    init<Group>(_ setting: Setting<Group>) {
        self.init(name: setting.spelling, parsing: .unconditional, help: setting.argumentHelp, completion: setting.completion)
    }
}

/// Begins the name of an option of a group that a command has no row for: nobody types it, and no help shows it.
let absentOption = "no such option:"

extension Option where Value == String? {
    /// The option of a setting that a group may lack.
    init<Group: SettingGroup>(_ group: Group.Type, _ name: String) {
        if let setting = group.row(name) { self.init(setting) } else {
            self.init(name: .customLong("\(absentOption) \(name)"), help: .private)
        }
    }
}

extension Flag where Value == Bool {
    /// The flag of a setting that a group may lack.
    init<Group: SettingGroup>(wrappedValue: Bool, _ group: Group.Type, _ name: String) {
        if let setting = group.row(name) { self.init(wrappedValue: wrappedValue, setting) } else {
            self.init(wrappedValue: wrappedValue, name: .customLong("\(absentOption) \(name)"), help: .private)
        }
    }
}

extension Option where Value == String {
    /// The option of a setting that must be given.
    init<Group>(_ setting: Setting<Group>) {
        self.init(name: setting.spelling, parsing: .unconditional, help: setting.argumentHelp, completion: setting.completion)
    }
}

extension Option where Value == [String] {
    /// The option of a setting that is repeated.
    init<Group>(wrappedValue: [String], _ setting: Setting<Group>) {
        self.init(
            wrappedValue: wrappedValue, name: setting.spelling, parsing: .unconditionalSingleValue, help: setting.argumentHelp,
            completion: setting.completion)
    }
}

extension Flag where Value == Bool {
    /// The flag of a setting.
    init<Group>(wrappedValue: Bool, _ setting: Setting<Group>) {
        self.init(wrappedValue: wrappedValue, name: setting.spelling, help: setting.argumentHelp)
    }
}

extension Argument where Value == String {
    /// A setting that stands without its name.
    init<Group>(_ setting: Setting<Group>) { self.init(help: setting.argumentHelp, completion: setting.completion) }
}

extension Argument where Value == String? {
    /// A setting that stands without its name, and may be left out.
    init<Group>(_ setting: Setting<Group>) { self.init(help: setting.argumentHelp, completion: setting.completion) }
}

extension Argument where Value == [String] {
    /// A setting of several texts that stand without its name.
    init<Group>(wrappedValue: [String], _ setting: Setting<Group>) {
        self.init(wrappedValue: wrappedValue, help: setting.argumentHelp, completion: setting.completion)
    }

    /// A setting of several texts that stand without its name, one at least.
    init<Group>(_ setting: Setting<Group>) { self.init(help: setting.argumentHelp, completion: setting.completion) }
}

extension Setting {
    fileprivate var spelling: NameSpecification {
        name == "output" ? .shortAndLong : NameSpecification(([name] + otherNames).map { .customLong($0) })
    }

    fileprivate var argumentHelp: ArgumentHelp { ArgumentHelp(stringLiteral: help).named(valueName) }

    fileprivate var completion: CompletionKind? {
        switch (file, name) {
        case (.reads, _), (.writes, _): .file()
        case (.readsFolder, _): .directory
        case (.none, "model"): .networks
        case (.none, "layer"), (.none, "layers"), (.none, "anchor"): .layers
        case (.none, "label"): .classes
        case (.none, _): choices.isEmpty ? nil : .list(choices)
        }
    }
}

extension ArgumentHelp {
    fileprivate func named(_ valueName: String) -> ArgumentHelp {
        var help = self
        if !valueName.isEmpty { help.valueName = valueName }
        return help
    }
}

// MARK: - Back from options to settings

/// The settings that a command was given.
func settings<Group: SettingGroup>(of command: some ParsableArguments) throws(Problem) -> Group {
    try Group(given: texts(of: command, for: Group.self))
}

/// The files and folders that a command was told to read.
func inputs<Group: SettingGroup>(of command: some ParsableArguments, for group: Group.Type) -> [String] {
    Group.inputs(given: texts(of: command, for: group))
}

private func texts<Group: SettingGroup>(of command: some ParsableArguments, for group: Group.Type) -> [String: [String]] {
    var found: [String: [String]] = [:]
    collect(from: command, into: &found)
    let names = Set(Group.settings.map(\.name))
    return found.filter { names.contains($0.key) }
}

private func collect(from arguments: Any, into found: inout [String: [String]]) {
    for child in Mirror(reflecting: arguments).children {
        if let group = (child.value as? any OptionGroupOfSettings)?.group {
            collect(from: group, into: &found)
        } else if let label = child.label, let texts = (child.value as? any SettingArgument)?.texts {
            found[settingName(ofProperty: label)] = texts
        }
    }
}

/// "learning-rate" for `_learningRate`, as ArgumentParser spells it.
private func settingName(ofProperty label: String) -> String {
    label.drop { $0 == "_" }.reduce(into: "") { name, character in
        name += character.isUppercase ? "-" + character.lowercased() : String(character)
    }
}

private protocol OptionGroupOfSettings { var group: Any { get } }

extension OptionGroup: OptionGroupOfSettings { fileprivate var group: Any { wrappedValue } }

/// An option, a flag or an argument with the texts that it was given; nil if it was not.
private protocol SettingArgument { var texts: [String]? { get } }

extension Option: SettingArgument { fileprivate var texts: [String]? { given(wrappedValue) } }
extension Argument: SettingArgument { fileprivate var texts: [String]? { given(wrappedValue) } }
extension Flag: SettingArgument { fileprivate var texts: [String]? { given(wrappedValue) } }

private func given(_ value: Any) -> [String]? {
    switch value {
    case let text as String: [text]
    case let texts as [String]: texts.isEmpty ? nil : texts
    case let isSet as Bool: isSet ? [""] : nil
    default: nil
    }
}
