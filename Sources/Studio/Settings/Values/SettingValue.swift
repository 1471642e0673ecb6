import Networks
import Tensors
import Visualization

/// A value that people type and files hold as text.
public protocol SettingValue: Sendable, Equatable {
    /// Nil for what is no such value.
    init?(text: String)
    /// The text that gives the value again.
    var text: String { get }
    /// "a whole number": what a text must be.
    static var form: String { get }
    /// Every text, where there are a few.
    static var choices: [String] { get }
}

extension SettingValue {
    public static var choices: [String] { [] }
}

extension Int: SettingValue {
    public init?(text: String) { self.init(text) }
    public var text: String { "\(self)" }
    public static var form: String { "a whole number" }
}

extension UInt64: SettingValue {
    public init?(text: String) { self.init(text) }
    public var text: String { "\(self)" }
    public static var form: String { "a whole number of 0 or more" }
}

extension Float: SettingValue {
    public init?(text: String) { self.init(text) }
    /// Without ".0" for whole numbers.
    public var text: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
    public static var form: String { "a number" }
}

extension Double: SettingValue {
    public init?(text: String) { self.init(text) }
    public var text: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
    public static var form: String { "a number" }
}

extension String: SettingValue {
    public init?(text: String) { self = text }
    public var text: String { self }
    public static var form: String { "a text" }
}

/// A setting that takes one of a few names.
public protocol NamedChoice: SettingValue, RawRepresentable<String>, CaseIterable {}

extension NamedChoice {
    public init?(text: String) { self.init(rawValue: text) }
    public var text: String { rawValue }
    public static var choices: [String] { allCases.map(\.rawValue) }
    public static var form: String { listed(choices) }
}

extension RectifierGradient: NamedChoice {}
extension PoolGradient: NamedChoice {}
extension ConvolutionChoice: NamedChoice {}

extension ParameterizationName: SettingValue {
    public init?(text: String) { self.init(text) }
    public var text: String { description }
    public static var choices: [String] { canvases.map { $0.name } }
    public static var form: String { listed(choices) }
}

/// "fft, pixel or maco"
func listed(_ names: [String]) -> String {
    names.count > 1 ? names.dropLast().joined(separator: ", ") + " or " + names.last! : names.first ?? ""
}

extension OptimizerChoice: SettingValue {
    public init?(text: String) { self.init(text) }
    public var text: String { description }
    public static var form: String { listed(rules.map { $0.name }) + ", perhaps with their own numbers such as sgd(0.9)" }
}

extension Schedule: SettingValue {
    public init?(text: String) { self.init(text) }
    public var text: String { description }
    public static var form: String { "a schedule such as constant, cosine, settle or \"step(100, 0.5)\"" }
}
