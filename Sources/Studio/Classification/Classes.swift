import ModelStore
import Networks
import Visualization

/// The classes that a network knows, or those that have one of some words in their names.
public struct ClassesSettings: SettingGroup {
    /// Parts of classes' names; none for every class.
    public var words: [String] = []
    /// The network.
    public var model = ModelSettings()

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("words", list: \.words, "words", "Parts of classes' names; without any, every class is listed.").positional()
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
        var found: Set<Int> = []
        for word in words.isEmpty ? [""] : words {
            let own = classes(holding: word, among: labels, others: model.otherClassNames)
            guard !own.isEmpty else {
                let names = labels.indices.flatMap { Self.names(of: $0, model) }
                let near = nearestNames(to: word, among: names).joined(separator: ", ")
                throw .usage("no class of \(model.name) has \"\(word)\" in its name; the nearest are \(sentence: near)", setting: "words")
            }
            found.formUnion(own)
        }
        return found.sorted().map { Entry(index: $0, names: Self.names(of: $0, model)) }
    }

    private static func names(of index: Int, _ model: Model) -> [String] {
        let own = model.classNames![index].split(separator: ",").map { String($0.drop { $0 == " " }) }
        return own + (model.otherClassNames.isEmpty ? [] : model.otherClassNames[index])
    }
}
