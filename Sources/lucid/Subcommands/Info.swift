import ArgumentParser
import Images
import Visualization

/// `lucid info`
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how a picture was made.", discussion: "Example: lucid info squeezenet1_1_features.10_5.png")

    @Argument(help: "A picture that lucid drew; - for standard input.") var picture: String
    @Flag(help: "Print the record as one JSON object.") var json = false

    func run() throws {
        let text = try PictureRecord.text(ofFile: picture)
        if json { return try standardOutput(text) }
        if let sheet = try? SheetRecord(json: text) {
            for (place, record) in sheet.pictures.enumerated() {
                try standardOutput("\(place + 1)  \(record.plan.model)  \(record.plan.objective)  seed \(record.plan.seed)  score \(record.score)".withoutControls)
            }
            return
        }
        if PhotographRecord.describes(json: text) { return try print(PhotographRecord.rows(ofFile: picture, text: text)) }
        let record = try PictureRecord(ofFile: picture, text: text)
        let command = record.complete && record.picture == nil ? PlanCommand(record.plan)?.text : nil
        try print(record.rows + (command.map { [("command", $0)] } ?? []))
    }

    private func print(_ rows: [(String, String)]) throws {
        let width = rows.map(\.0.count).max()!
        for (name, value) in rows {
            try standardOutput(name + String(repeating: " ", count: width - name.count) + "  " + value.withoutControls)
        }
    }
}

extension String {
    /// Without characters that a terminal would obey: what stands in a file may be anything.
    var withoutControls: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "?" : $0 }))
    }
}

extension PictureRecord {
    /// The record in a PNG's text or a JPEG's comment.
    init(ofFile path: String) throws(Failure) {
        try self.init(ofFile: path, text: try Self.text(ofFile: path))
    }

    /// - Parameter text: what `text(ofFile:)` gave.
    init(ofFile path: String, text: String) throws(Failure) {
        if (try? SheetRecord(json: text)) != nil {
            throw .badData("\(path) is a sheet of several pictures; `lucid info` lists them")
        }
        do {
            try self.init(json: text)
        } catch {
            throw .badData("\(path): \(error)")
        }
    }

    /// What a picture says of itself, as JSON.
    static func text(ofFile path: String) throws(Failure) -> String {
        try text(in: try PictureSource.bytes(of: path), name: path)
    }

    /// What a picture says of itself, as JSON.
    ///
    /// - Parameters:
    ///   - bytes: of a file.
    ///   - path: what messages call it.
    static func text(in bytes: [UInt8], name path: String) throws(Failure) -> String {
        let text: String?
        do throws(PictureError) {
            text = try Picture.record(in: bytes, keyword: PictureRecord.keyword, name: path)
        } catch {
            throw Failure(error)
        }
        guard let text else {
            throw .badData("\(path) does not say how it was made; only pictures that lucid drew do")
        }
        return text
    }
}
