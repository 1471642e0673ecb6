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
    static let positive = Rule("a finite number above 0") { $0.isFinite && $0 > 0 }
    static let finite = Rule("a finite number") { $0.isFinite }
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
        _ rule: Rule<Value>? = nil, in field: WritableKeyPath<Target.PlanType, Value> & Sendable
    ) {
        self.init(name, key, valueName, help, rule)
        self.field = PlanField({ $0[keyPath: field] }, rule)
        write = { own, usual, plan in
            if let value = own[keyPath: key] ?? usual?[keyPath: key] { plan[keyPath: field] = value }
        }
    }

    /// A setting of one value that a plan need not have.
    init<Value: SettingValue>(
        _ name: String, _ key: WritableKeyPath<Target, Value?> & Sendable, _ valueName: String, _ help: String,
        _ rule: Rule<Value>? = nil, ifIn field: WritableKeyPath<Target.PlanType, Value?> & Sendable
    ) {
        self.init(name, key, valueName, help, rule)
        self.field = PlanField({ $0[keyPath: field] }, rule)
        write = { own, usual, plan in plan[keyPath: field] = own[keyPath: key] ?? usual?[keyPath: key] }
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
        _ rule: Rule<Value>? = nil, in field: WritableKeyPath<Target.PlanType, Value> & Sendable
    ) {
        self.init(name, key, valueName, help, rule)
        self.field = PlanField({ $0[keyPath: field] }, rule)
        write = { own, _, plan in plan[keyPath: field] = own[keyPath: key] }
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

    /// A setting that is said or not, which a plan holds as such.
    init(
        _ name: String, flag key: WritableKeyPath<Target, Bool> & Sendable, _ help: String,
        in field: WritableKeyPath<Target.PlanType, Bool> & Sendable
    ) {
        self.init(name, flag: key, help) { $0[keyPath: field] }
        write = { own, _, plan in plan[keyPath: field] = own[keyPath: key] }
    }

    private static func value<Value: SettingValue>(_ name: String, _ texts: [String], _ rule: Rule<Value>?) throws(Problem) -> Value {
        let text = texts.joined(separator: ",")
        guard let value = Value(text: text) else {
            throw .usage("\(setting: name) must be \(sentence: Value.form), not \"\(text)\"", setting: name)
        }
        if let rule, !rule.holds(value) { throw .value(of: name, rule.text, text) }
        return value
    }
}
