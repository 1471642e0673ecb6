import Networks
import Visualization

/// A channel's mean.
public struct ChannelRequest: RenderRequest {
    public var model = ModelSettings()
    /// The layer's name, one that `Network.layer(named:)` knows.
    public var layer = ""
    /// Channels, a picture each.
    public var index = IndexList.all
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "channel"
    static let climbsUnits = true
    public static let drawsEachIndex = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", required: \.index, "i", "Channels: 5, 0-15, 3,7,9 or all; a picture each.")
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let drawing = try drawing(session)
        return try drawing.jobs(of: layer, index, kind: nil) { render.channel(layer, $0, in: drawing.model.network) }
    }
}

/// One unit of a channel.
public struct NeuronRequest: RenderRequest {
    public var model = ModelSettings()
    /// The layer's name, one that `Network.layer(named:)` knows.
    public var layer = ""
    /// Channels, a picture each.
    public var index = IndexList.all
    /// The unit's place in the layer.
    public var position = PositionSettings()
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "neuron"
    public static let drawsEachIndex = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", required: \.index, "i", "Channels: 5, 0-15, 3,7,9 or all; a picture each.")
        PositionSettings.lifted(\.position)
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        try drawing(session).jobs(of: layer, index, kind: Self.command, details: position.words) {
            .neuron(layer, $0, x: position.x, y: position.y)
        }
    }
}

/// A position in a layer.
public struct PositionSettings: SettingGroup {
    private static let fromZero = Rule<Int>("0 or more, since it counts from 0") { $0 >= 0 }

    /// The column, from 0; nil for the middle.
    public var x: Int?
    /// The row, from 0; nil for the middle.
    public var y: Int?

    public init() {}

    /// For files' names: "x3", "y0".
    var words: [String] { [x.map { "x\($0)" }, y.map { "y\($0)" }].compactMap { $0 } }

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("x", \.x, "column", "The unit's column in the layer, from 0. (default: the middle)", fromZero)
        Setting("y", \.y, "row", "The unit's row in the layer, from 0. (default: the middle)", fromZero)
    }
}

/// A whole layer's energy.
public struct LayerRequest: RenderRequest {
    public var model = ModelSettings()
    /// The layer's name, one that `Network.layer(named:)` knows.
    public var layer = ""
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "layer"
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let drawing = try drawing(session)
        _ = try drawing.model.layer(layer)
        return try drawing.jobs([.init(objective: .layer(layer), parts: drawing.parts(layer: layer))], label: layer)
    }
}

/// A class of a classifier.
public struct ClassRequest: RenderRequest {
    public var model = ModelSettings()
    /// Names or numbers of classes, a picture each.
    public var label: [String] = []
    /// Classes by number, a picture each; nil where names are given.
    public var index: IndexList?
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "class"
    static let climbsUnits = true
    static let usualTransforms = "wide"
    public static let drawsEachIndex = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("label", list: \.label, "name", "The class's name, one of its names, or its number; may be repeated, a picture each. `lucid classes WORD` finds them.")
        Setting("index", \.index, "i", "Classes by number: 1, 0-15 or 3,7,9; a picture each.")
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) {
        guard label.isEmpty || index == nil else { throw .usage("name classes by \(setting: "label") or by \(setting: "index"), not by both") }
        guard !label.isEmpty || index != nil else { throw .usage("name a class by \(setting: "label") or by \(setting: "index")") }
        try checkCommon()
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let drawing = try drawing(session)
        guard let names = drawing.model.classNames else { throw try Session.noClasses(of: drawing.model) }
        let classes = try classes(among: names, drawing.model)
        let title = classes.count == 1 ? names[classes[0]] : "\(classes.count) classes"
        return try drawing.jobs(
            classes.map { number in
                var parts = drawing.parts(layer: Self.command, index: number)
                parts.label = Self.word(for: number, among: names)
                return .init(objective: render.classScore(number, in: drawing.model.network), parts: parts, transforms: Self.usualTransforms)
            }, label: title)
    }

    /// "goldfish"; of classes that share a name "crane_134" and "crane_517".
    private static func word(for number: Int, among names: [String]) -> String {
        func first(_ name: String) -> String { name.split(separator: ",").first.map { OutputNames.word(String($0)) } ?? "" }
        let word = first(names[number])
        guard !word.isEmpty else { return "\(number)" }
        return names.count { first($0).lowercased() == word.lowercased() } > 1 ? "\(word)_\(number)" : word
    }

    private func classes(among names: [String], _ model: Model) throws(Problem) -> [Int] {
        var found: [Int] = []
        for label in label {
            do {
                found.append(try classIndex(label: label, among: names, others: model.otherClassNames))
            } catch {
                // As attribute takes it, unless a class is called so.
                guard let number = Int(label), names.indices.contains(number) else { throw .usage("\(model.name): \(error)", setting: "label") }
                found.append(number)
            }
            if Set(found).count < found.count { throw .usage("\"\(label)\" is class \(found.last!), which is named already", setting: "label") }
        }
        if !found.isEmpty { return found }
        do {
            return try index!.indices(below: names.count)
        } catch {
            throw .usage("\(model.name) has the classes 0–\(names.count - 1); there is no class \(error.index)", setting: "index")
        }
    }
}

extension Drawing {
    /// A picture for each index of a layer.
    func jobs(
        of layer: String, _ list: IndexList, kind: String?, details: [String] = [], objective: (Int) -> Objective
    ) throws(Problem) -> JobList {
        let indices = try model.channels(list, of: layer)
        let label = indices.count == 1 ? "\(layer):\(indices[0])" : "\(layer) (\(indices.count) pictures)"
        return try jobs(
            indices.map { index in
                var parts = parts(layer: layer, index: index, kind: kind)
                parts.details += details
                return Subject(objective: objective(index), parts: parts)
            }, label: label)
    }
}
