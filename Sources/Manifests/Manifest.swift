import Yams

/// What a batch is asked to draw, as it stands in a file: YAML, or JSON, which is YAML as well.
///
///     defaults: {model: squeezenet1_1, size: 224, steps: 512}
///     output: "{model}/{layer}/{index}.png"
///     renders:
///       - {command: channel, layer: features.10, indices: 0-63, seeds: [0, 1]}
public struct Manifest: Sendable {
    /// A value with the line that it stands on, counted from 1.
    public struct Value: Sendable {
        public indirect enum Content: Sendable {
            /// As it was written, without quotation marks.
            case text(String)
            case list([Value])
            case map([Setting])
            case nothing
        }

        public let line: Int
        public let content: Content

        public init(line: Int, content: Content) {
            self.line = line
            self.content = content
        }

        /// A single value as it was written; nil for lists, maps and nothing.
        public var text: String? {
            if case .text(let text) = content { text } else { nil }
        }

        /// A single value, or those of a list of them; nil if there is anything else in it.
        public var texts: [String]? {
            switch content {
            case .text(let text): return [text]
            case .list(let values):
                let texts = values.compactMap(\.text)
                return texts.count == values.count ? texts : nil
            default: return nil
            }
        }
    }

    /// "size: 224"
    public struct Setting: Sendable {
        public let key: String
        /// The key's.
        public let line: Int
        public let value: Value
    }

    /// One of `renders`.
    public struct Entry: Sendable {
        public let line: Int
        public let settings: [Setting]

        public subscript(key: String) -> Setting? { settings.first { $0.key == key } }
    }

    /// What every entry that has such an option takes, unless it says otherwise.
    public private(set) var defaults = Entry(line: 1, settings: [])
    /// The template of the files' names.
    public private(set) var output: Setting?
    /// What is to be drawn, in the order of the file.
    public private(set) var renders: [Entry] = []

    /// Beyond these a manifest is no manifest: aliases in YAML can stand for exponentially many values.
    private static let mostBytes = 16 << 20
    private static let mostValues = 1_000_000
    /// A map with a key twice ends the reading, which then begins anew.
    private static let mostReadings = 20

    /// Reads it, and notes whatever is wrong with its form.
    public init(_ text: String, mistakes: inout Mistakes) {
        guard text.utf8.count <= Self.mostBytes else {
            mistakes.add(1, "a manifest has 16 MiB at most")
            return
        }
        guard let root = Self.root(text, &mistakes) else { return }
        var left = Self.mostValues
        guard let value = Self.value(root, &left) else {
            mistakes.add(1, "there are more than \(Self.mostValues) values in it")
            return
        }
        guard case .map(let settings) = value.content else {
            mistakes.add(value.line, "a manifest is a map with \"renders\", a list of what is to be drawn")
            return
        }
        for setting in settings {
            switch (setting.key, setting.value.content) {
            case ("defaults", .map(let settings)): defaults = Entry(line: setting.line, settings: settings)
            case ("defaults", .nothing): break
            case ("defaults", _): mistakes.add(setting.line, "defaults is a map such as {model: vgg16, size: 224}")
            case ("output", .text): output = setting
            case ("output", _): mistakes.add(setting.line, "output is a file name such as \"{model}/{layer}/{index}.png\"")
            case ("renders", .list(let values)):
                for value in values {
                    if case .map(let settings) = value.content {
                        renders.append(Entry(line: value.line, settings: settings))
                    } else {
                        mistakes.add(value.line, "each of renders is a map such as {command: channel, layer: features.10, index: 5}")
                    }
                }
            case ("renders", _): mistakes.add(setting.line, "renders is a list of what is to be drawn")
            default:
                guard !setting.key.hasSuffix(Self.again) else { continue }
                mistakes.add(setting.line, "there is no \"\(setting.key)\" in a manifest, but defaults, output and renders")
            }
        }
        if renders.isEmpty, mistakes.isEmpty { mistakes.add(1, "renders is empty: there is nothing to draw") }
    }

    /// A key that was there before is called so; it has been noted.
    public static let again = " (again)"

    private static func root(_ text: String, _ mistakes: inout Mistakes) -> Node? {
        var text = text
        for _ in 0..<Self.mostReadings {
            do {
                if let node = try compose(yaml: text) { return node }
                mistakes.add(1, "the manifest is empty")
                return nil
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                for key in keys.sorted() { mistakes.add(context.mark.line, "\"\(key)\" is there twice") }
                // The rest of the file may hold other mistakes.
                guard let renamed = renaming(keys, in: text, after: context.mark) else { return nil }
                text = renamed
            } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
                YamlError.composer(_, let problem, let mark, _)
            {
                mistakes.add(mark.line, "\(problem) (column \(mark.column))")
                return nil
            } catch YamlError.reader(let problem, _, _, _) {
                mistakes.add(1, "\(problem)")
                return nil
            } catch {
                mistakes.add(1, "it cannot be read as YAML: \(error)")
                return nil
            }
        }
        return nil
    }

    /// The text with every key but the first of its name called otherwise, from a map's beginning on.
    private static func renaming(_ keys: [String], in text: String, after mark: Mark) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var found = false
        for key in keys where !key.isEmpty {
            var seen = 0
            for number in lines.indices where number >= mark.line - 1 && seen < 2 {
                var start = lines[number].startIndex
                while seen < 2, let range = lines[number][start...].firstRange(of: key) {
                    start = range.upperBound
                    let before = lines[number][..<range.lowerBound].last
                    var after = lines[number][range.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
                    guard after.popFirst() == ":", before.map({ " {,\"'-\t".contains($0) }) ?? true else { continue }
                    seen += 1
                    if seen == 2 {
                        lines[number].insert(contentsOf: again, at: range.upperBound)
                        found = true
                        break
                    }
                }
            }
        }
        return found ? lines.joined(separator: "\n") : nil
    }

    /// - Parameter left: how many values there may still be; nil is returned if that is not enough.
    private static func value(_ node: Node, _ left: inout Int) -> Value? {
        left -= 1
        guard left > 0 else { return nil }
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar):
            if node.null != nil { return Value(line: line, content: .nothing) }
            return Value(line: line, content: .text(scalar.string))
        case .sequence(let sequence):
            var values: [Value] = []
            for node in sequence {
                guard let value = value(node, &left) else { return nil }
                values.append(value)
            }
            return Value(line: line, content: .list(values))
        case .mapping(let mapping):
            var settings: [Setting] = []
            for (key, node) in mapping {
                guard let value = value(node, &left) else { return nil }
                settings.append(Setting(key: key.string ?? "?", line: key.mark?.line ?? line, value: value))
            }
            return Value(line: line, content: .map(settings))
        case .alias:
            return Value(line: line, content: .nothing)
        }
    }
}
