import ModelStore
import Networks
import Visualization

/// The classes that a network knows, or those that have a word in one of their names.
public struct ClassesSettings: SettingGroup {
    /// A part of a class's name; nil for every class.
    public var word: String?
    /// The network.
    public var model = ModelSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("word", \.word, "word", "A part of a class's name; without one, every class is listed.").positional()
        ModelSettings.lifted(\.model)
    }

    /// A class with its names.
    public struct Entry: Encodable, Sendable {
        /// The class's number, from 0.
        public let index: Int
        /// The names, the usual one first.
        public let names: [String]
    }

    /// The classes, in the order of their numbers.
    public func entries() throws(Problem) -> [Entry] {
        let model = try Session.graph(model.request())
        guard let labels = model.classNames else { throw try Session.noClasses(of: model) }
        let found = classes(holding: word ?? "", among: labels, others: model.otherClassNames)
        guard !found.isEmpty else {
            let names = labels.indices.flatMap { Self.names(of: $0, model) }
            let near = nearestNames(to: word ?? "", among: names).joined(separator: ", ")
            throw .usage("no class of \(model.name) has \"\(word ?? "")\" in its name; the nearest are \(sentence: near)", setting: "word")
        }
        return found.map { Entry(index: $0, names: Self.names(of: $0, model)) }
    }

    private static func names(of index: Int, _ model: Model) -> [String] {
        let own = model.classNames![index].split(separator: ",").map { String($0.drop { $0 == " " }) }
        return own + (model.otherClassNames.isEmpty ? [] : model.otherClassNames[index])
    }
}
