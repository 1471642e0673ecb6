import Files
import FoundationEssentials
import Images
import Visualization

/// A picture on a report's page, with what it says of itself.
struct ReportEntry {
    /// In the report's folder.
    let file: String
    let model: String
    /// The layer, or what kind of picture this is where it is of none.
    let group: String
    let index: Int?
    /// What is drawn, in a few words.
    let title: String
    let score: Float?
    let isComplete: Bool
    let width: Int
    let height: Int
    let isTransparent: Bool
    /// The plan's lines, for people.
    let details: [(String, String)]
    let command: String
    /// "image/png" or "image/jpeg".
    let type: String
    /// Of the embedded file.
    let bytes: [UInt8]

    /// Reads a picture and makes it as small as it is shown.
    ///
    /// - Parameter side: pixels of the longer side; nil embeds the file as it is.
    /// - Returns: nil for a picture that lucid did not draw.
    init?(_ file: String, in folder: String, side: Int?, maximumPixels: Int) throws(Failure) {
        let path = OutputNames.join(folder, file)
        let bytes = try PictureSource.bytes(of: path)
        let picture: Picture
        do {
            picture = try Picture.decode(bytes, name: path, maximumPixels: maximumPixels)
        } catch {
            throw Failure(error)
        }
        guard let text = try? PictureRecord.text(in: bytes, name: path) else { return nil }
        self.file = file
        (width, height, isTransparent) = (picture.width, picture.height, picture.hasAlpha)
        guard let subject = Self.subject(of: text, path: path, file: file) else {
            throw .badData("\(path): its metadata cannot be read")
        }
        (model, group, index, title) = (subject.model, subject.group, subject.index, subject.title)
        (score, isComplete, details, command) = (subject.score, subject.isComplete, subject.details, subject.command)
        let format = PictureFormat(signatureOf: bytes)
        // A small file costs less than its thumbnail would.
        if side == nil || max(width, height) <= side! && bytes.count < Self.smallFile {
            (type, self.bytes) = ((format ?? .png).codec.mediaType, bytes)
            return
        }
        let scale = min(1, Double(side!) / Double(max(width, height)))
        let small = picture.resized(
            width: max(1, Int((Double(width) * scale).rounded())), height: max(1, Int((Double(height) * scale).rounded())))
        do {
            if small.hasAlpha {
                (type, self.bytes) = (PNG.mediaType, try PNG.encode(small, compressionLevel: 9))
            } else {
                (type, self.bytes) = (JPEG.mediaType, try JPEG.encode(small, quality: 88))
            }
        } catch {
            throw Failure(error)
        }
    }

    /// Bytes.
    private static let smallFile = 24_000

    /// Groups that are of no layer, in the order of the page; they come after the layers.
    private static let others = ["Classes", "Expressions", "Dreams", "Styles", "Sheets"]

    /// By model, layer, index and name.
    static func precedes(_ left: ReportEntry, _ right: ReportEntry) -> Bool {
        if left.model != right.model { return NaturalOrder.precedes(left.model, right.model) }
        let (first, second) = (others.firstIndex(of: left.group) ?? -1, others.firstIndex(of: right.group) ?? -1)
        if first != second { return first < second }
        if left.group != right.group { return NaturalOrder.precedes(left.group, right.group) }
        if left.index != right.index { return (left.index ?? .max) < (right.index ?? .max) }
        return NaturalOrder.precedes(left.file, right.file)
    }

    private struct About {
        var model: String
        var group: String
        var index: Int?
        var title: String
        var score: Float?
        var isComplete: Bool
        var details: [(String, String)]
        var command: String
    }

    private static func subject(of text: String, path: String, file: String) -> About? {
        let replay = PlanCommand(replaying: file).text
        if PhotographRecord.describes(json: text) {
            guard let record = try? PhotographRecord(json: text) else { return nil }
            let isDream = if case .dream = record.plan { true } else { false }
            return About(
                model: record.plan.model, group: isDream ? "Dreams" : "Styles", title: file.split(separator: "/").last.map(String.init) ?? file, score: record.score,
                isComplete: record.complete, details: record.rows, command: replay)
        }
        if let record = try? PictureRecord(json: text) {
            let subject = Subject(record.plan.objective)
            let command = record.complete ? PlanCommand(record.plan)?.text : nil
            let title = subject.map { $0.command == "render" ? record.plan.objective : Self.title($0, record.plan) } ?? record.plan.objective
            return About(
                model: record.plan.model, group: subject?.layer ?? (subject?.command == "class" ? "Classes" : "Expressions"),
                index: subject?.index, title: title, score: record.score, isComplete: record.complete, details: record.rows,
                command: command ?? replay)
        }
        guard let sheet = try? SheetRecord(json: text), let first = sheet.pictures.first else { return nil }
        let layers = Set(sheet.pictures.map { Subject($0.plan.objective)?.layer ?? "" })
        let layer = layers.count == 1 ? layers.first! : ""
        let index = Set(sheet.pictures.map { Subject($0.plan.objective)?.index }).count == 1 ? Subject(first.plan.objective)?.index : nil
        return About(
            model: first.plan.model, group: layer.isEmpty ? "Sheets" : layer, index: index,
            title: "\(sheet.pictures.count) pictures", score: nil, isComplete: sheet.pictures.allSatisfy(\.complete),
            details: [("a sheet of", "\(sheet.pictures.count) pictures"), ("first", first.plan.objective), ("last", sheet.pictures.last!.plan.objective)],
            command: PlanCommand(["lucid", "info", file]).text)
    }

    /// "channel 5", "neuron 5, seed 2".
    private static func title(_ subject: Subject, _ plan: RenderPlan) -> String {
        let what = subject.command + (subject.index.map { " \($0)" } ?? "")
        let sign = subject.arguments.last == "--negative" ? ", negative" : ""
        return what + sign + (plan.seed == 0 ? "" : ", seed \(plan.seed)")
    }
}
