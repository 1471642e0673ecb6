import Yams

/// A batch's file: everything that is to be drawn, in YAML, or JSON, which is YAML as well.
///
///     defaults: {model: squeezenet1_1, size: 224, steps: 512}
///     output: "{model}/{layer}/{index}.png"
///     renders:
///       - {command: channel, layer: features.10, indices: 0-63, seeds: [0, 1]}
public struct Manifest: Sendable {
    /// A value with the line that it stands on, counted from 1.
    public struct Value: Sendable {
        /// The value itself.
        public indirect enum Content: Sendable {
            /// As it was written, without quotation marks.
            case text(String)
            /// A sequence.
            case list([Value])
            /// A mapping, in the order of the file.
            case map([Setting])
            /// YAML's null, or no value at all.
            case nothing
        }

        /// The line that the value begins on.
        public let line: Int
        /// The value itself.
        public let content: Content

        /// A value of a manifest.
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
        /// The name of the setting.
        public let key: String
        /// The line that the key stands on.
        public let line: Int
        /// The value of the setting.
        public let value: Value
    }

    /// One of `renders`.
    public struct Entry: Sendable {
        /// The line that the entry begins on.
        public let line: Int
        /// The settings in the order of the file.
        public let settings: [Setting]

        /// The setting of a name; nil if it is not there.
        public subscript(key: String) -> Setting? { settings.first { $0.key == key } }
    }

    /// The settings of every entry that knows them, unless it says otherwise.
    public private(set) var defaults = Entry(line: 1, settings: [])
    /// The template of the files' names.
    public private(set) var output: Setting?
    /// The entries to draw, in the order of the file.
    public private(set) var renders: [Entry] = []

    /// Beyond these a manifest is no manifest: aliases in YAML can stand for exponentially many values.
    private static let mostBytes = 16 << 20
    private static let mostValues = 1_000_000

    /// Reads a manifest, and notes everything that is wrong with its form. A key that stands twice in a map ends the reading.
    public init(_ text: String, diagnostics: inout Diagnostics) {
        guard text.utf8.count <= Self.mostBytes else {
            diagnostics.add(1, "a manifest has 16 MiB at most")
            return
        }
        guard let root = Self.root(text, &diagnostics) else { return }
        var left = Self.mostValues
        guard let value = Self.value(root, &left) else {
            diagnostics.add(1, "there are more than \(Self.mostValues) values in it")
            return
        }
        guard case .map(let settings) = value.content else {
            diagnostics.add(value.line, "a manifest is a map with \"renders\", a list of what is to be drawn")
            return
        }
        for setting in settings {
            switch (setting.key, setting.value.content) {
            case ("defaults", .map(let settings)): defaults = Entry(line: setting.line, settings: settings)
            case ("defaults", .nothing): break
            case ("defaults", _): diagnostics.add(setting.line, "defaults is a map such as {model: vgg16, size: 224}")
            case ("output", .text): output = setting
            case ("output", _): diagnostics.add(setting.line, "output is a file name such as \"{model}/{layer}/{index}.png\"")
            case ("renders", .list(let values)):
                for value in values {
                    if case .map(let settings) = value.content {
                        renders.append(Entry(line: value.line, settings: settings))
                    } else {
                        diagnostics.add(value.line, "each of renders is a map such as {command: channel, layer: features.10, index: 5}")
                    }
                }
            case ("renders", _): diagnostics.add(setting.line, "renders is a list of what is to be drawn")
            case (let key, _) where key.hasPrefix("x-"): break  // a place for anchors
            default:
                diagnostics.add(setting.line, "there is no \"\(setting.key)\" in a manifest, but defaults, output, renders, and x-… for what is used elsewhere")
            }
        }
        if renders.isEmpty, diagnostics.isEmpty { diagnostics.add(1, "renders is empty: there is nothing to draw") }
    }

    private static func root(_ text: String, _ diagnostics: inout Diagnostics) -> Node? {
        do {
            if let node = try compose(yaml: text) { return node }
            diagnostics.add(1, "the manifest is empty")
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            for key in keys.sorted() { diagnostics.add(context.mark.line, "\"\(key)\" is there twice") }
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            diagnostics.add(mark.line, "\(problem) (column \(mark.column))")
        } catch YamlError.reader(let problem, _, _, _) {
            diagnostics.add(1, "\(problem)")
        } catch {
            diagnostics.add(1, "it cannot be read as YAML: \(error)")
        }
        return nil
    }

    /// The settings of a map, or of a list of maps, that a merge key names; nil if it names anything else.
    private static func maps(_ value: Value) -> [Setting]? {
        switch value.content {
        case .map(let settings): return settings
        case .list(let values):
            let maps = values.compactMap { if case .map(let settings) = $0.content { settings } else { nil } }
            return maps.count == values.count ? maps.flatMap { $0 } : nil
        default: return nil
        }
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
            var merged: [Setting] = []
            for (key, node) in mapping {
                guard let value = value(node, &left) else { return nil }
                if key.string == "<<", let others = maps(value) {
                    merged += others
                    continue
                }
                settings.append(Setting(key: key.string ?? "?", line: key.mark?.line ?? line, value: value))
            }
            // A map's own settings count before merged ones, and those of an earlier map before those of a later one.
            for setting in merged where !settings.contains(where: { $0.key == setting.key }) {
                settings.append(Setting(key: setting.key, line: line, value: setting.value))
            }
            return Value(line: line, content: .map(settings))
        case .alias:
            return Value(line: line, content: .nothing)
        }
    }
}
