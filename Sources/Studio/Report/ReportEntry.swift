import Files
import Images
import Visualization

/// A picture on a report's page, and what its record says.
public struct ReportEntry: Sendable {
    /// The file's path within the report's folder.
    public let file: String
    public let record: Record
    /// The heading above it: its layer, or the kind of picture where it has none.
    public let group: String
    /// The index of its channel, neuron or class.
    public let index: Int?
    /// The unit or the expression, in a few words.
    public internal(set) var title: String
    /// The command that draws it again, or that lists a sheet's pictures.
    public let command: PlanCommand
    /// Pixels of the picture in its file.
    let width: Int
    let height: Int
    let isTransparent: Bool
    let embedded: EmbeddedPicture

    /// The network's name.
    public var model: String { record.pictures[0].plan.model }
    /// Nil for a sheet, which has several.
    public var score: Float? { record.isSheet ? nil : record.pictures[0].score }
    public var isComplete: Bool { record.pictures.allSatisfy(\.complete) }

    /// The lines beside the enlarged picture.
    public var details: [Row] {
        guard record.isSheet, let first = record.pictures.first, let last = record.pictures.last else { return record.rows }
        return [
            ("a sheet of", counted(record.pictures.count, "picture")), ("first", first.plan.objective), ("last", last.plan.objective),
        ]
    }

    /// Reads a picture of a folder.
    ///
    /// - Parameter side: pixels of the thumbnail's longer side; nil to embed the file as it is.
    /// - Returns: nil for a picture that carries no record, or was not drawn.
    init?(_ file: String, in folder: String, side: Int?, maximumPixels: Int) throws(Problem) {
        let path = OutputNames.join(folder, file)
        let bytes = try StandardInput.bytes(of: path)
        let picture = try Picture.decoding(bytes, name: path, maximumPixels: maximumPixels)
        guard let json = try? Record.text(in: bytes, name: path) else { return nil }
        do {
            record = try Record(json: json)
        } catch {
            throw .badData("\(path): \(error.message)")
        }
        if record.isChart { return nil }  // it was not drawn
        self.file = file
        (group, index, title, command) = Self.labels(of: record, file: file)
        (width, height, isTransparent) = (picture.width, picture.height, picture.hasAlpha)
        embedded = try asProblem { try EmbeddedPicture(picture, file: bytes, side: side) }
    }
}

// MARK: - Labels

extension ReportEntry {
    private typealias Labels = (group: String, index: Int?, title: String, command: PlanCommand)

    /// Groups without a layer, in the order of the page; they come after the layers.
    private static let otherGroups = ["Classes", "Expressions", "Dreams", "Styles", "Evidence", "Sheets"]

    private static func labels(of record: Record, file: String) -> Labels {
        if record.isSheet { return labels(ofSheet: record.pictures, file: file) }
        let drawn = record.pictures[0]
        func unit(_ plan: RenderPlan) -> Labels { labels(of: plan, isComplete: drawn.complete, file: file) }
        func whole(_ group: String) -> Labels {
            (group, nil, file.split(separator: "/").last.map(String.init) ?? file, PlanCommand(replaying: file))
        }
        return switch drawn.plan {
        case .picture(let plan): unit(plan)
        case .diversity(let plan): unit(plan.pictures)
        case .dream, .flight: whole("Dreams")
        case .style: whole("Styles")
        case .attribution, .tuning, .exemplars: whole("Evidence")
        case .facets, .sheet, .chart: whole("Sheets")
        }
    }

    private static func labels(of plan: RenderPlan, isComplete: Bool, file: String) -> Labels {
        let subject = Subject(plan.objective)
        var title = plan.objective
        if let subject, subject.command != "render" {
            title = subject.command + (subject.index.map { " \($0)" } ?? "")
            if subject.settings.contains(where: { $0.name == "negative" }) { title += ", negative" }
            if plan.seed != 0 { title += ", seed \(plan.seed)" }
        }
        // An interrupted picture comes again by a replay only.
        let command = isComplete ? PlanCommand(plan) : nil
        let group = subject?.layer ?? (subject?.command == "class" ? "Classes" : "Expressions")
        return (group, subject?.index, title, command ?? PlanCommand(replaying: file))
    }

    private static func labels(ofSheet pictures: [DrawnPicture], file: String) -> Labels {
        let subjects = pictures.map { Subject($0.plan.objective) }
        /// The value that all pictures have.
        func shared<Value: Hashable>(_ values: [Value?]) -> Value? { Set(values).count == 1 ? values[0] : nil }
        let group = shared(subjects.map { $0?.layer }) ?? "Sheets"
        return (group, shared(subjects.map { $0?.index }), "sheet of \(counted(pictures.count, "picture"))", PlanCommand(describing: file))
    }

    /// The order of the page: by model, layer, index and name.
    static func precedes(_ left: ReportEntry, _ right: ReportEntry) -> Bool {
        if left.model != right.model { return NaturalOrder.precedes(left.model, right.model) }
        let (first, second) = (otherGroups.firstIndex(of: left.group) ?? -1, otherGroups.firstIndex(of: right.group) ?? -1)
        if first != second { return first < second }
        if left.group != right.group { return NaturalOrder.precedes(left.group, right.group) }
        if left.index != right.index { return (left.index ?? .max) < (right.index ?? .max) }
        return NaturalOrder.precedes(left.file, right.file)
    }
}

extension [ReportEntry] {
    /// Rows that come of drawing, and are no settings.
    private static let results = ["score", "steps done"]
    private static let mostDifferences = 2

    /// Adds to those of one title on one heading what sets them apart: settings that differ, or else their files' names.
    mutating func tellApart() {
        let alike = Dictionary(grouping: indices) { [self[$0].model, self[$0].group, self[$0].title] }.values.filter { $0.count > 1 }
        for places in alike {
            let rows = places.map { place in Dictionary(self[place].details.map { ($0.name, $0.value) }) { first, _ in first } }
            let names = places.flatMap { self[$0].record.isSheet ? [] : self[$0].details.map(\.name) }
            var differing: [String] = []
            for name in names where !Self.results.contains(name) && !differing.contains(name) {
                if Set(rows.map { $0[name] }).count > 1 { differing.append(name) }
            }
            let told = differing.prefix(Self.mostDifferences)
            let areApart = Set(rows.map { row in told.map { row[$0] } }).count == rows.count
            for (place, row) in zip(places, rows) {
                let file = FileName.split(self[place].file).name
                self[place].title += areApart ? told.map { ", \($0) \(row[$0] ?? "none")" }.joined() : ", \(file)"
            }
        }
    }
}
