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
        let plan = record.plan
        var rows: [(String, String)] = [
            ("made by", "\(record.software) \(record.version)"),
            ("model", plan.model),
            ("weights", plan.weights),
            ("objective", plan.objective),
            ("score", "\(record.score)"),
            ("size", "\(plan.width)x\(plan.height)"),
            ("steps", record.complete ? "\(plan.steps)" : "\(record.stepsDone) of \(plan.steps) (incomplete)"),
            ("seed", "\(plan.seed)"),
            ("parameterization", plan.parameterization.rawValue),
        ]
        if plan.parameterization == .fft { rows.append(("decay power", "\(plan.decayPower)")) }
        rows += [
            ("colours", plan.decorrelate ? "decorrelated" : "plain RGB"),
            ("transforms", plan.transforms),
            ("optimizer", "\(plan.optimizer), learning rate \(plan.learningRate), \(plan.schedule)"),
            ("rectifiers", plan.rectifier.rawValue),
            ("convolution", plan.convolution.rawValue),
        ]
        if plan.count > 1 { rows.append(("drawn together", "number \(record.picture ?? 0) of \(plan.count)")) }
        if plan.alpha { rows.append(("opacity", "drawn")) }
        if plan.crops > 1 { rows.append(("crops", "\(plan.crops)")) }
        if let profile = plan.profile { rows.append(("kernels", profile.rawValue)) }
        if plan.poolGradient != .winner { rows.append(("pool gradient", plan.poolGradient.rawValue)) }
        if let longest = plan.clipGradient { rows.append(("gradient", "at most \(longest) long")) }
        if plan.normalizeGradient { rows.append(("gradient", "normalized")) }
        if let share = plan.untilConverged { rows.append(("until converged", "\(share)")) }
        if let size = plan.outputSize { rows.append(("written as", "\(size.width)x\(size.height)")) }
        if let quality = plan.quality { rows.append(("JPEG quality", "\(quality)")) }
        if let start = plan.start { rows.append(("start", start)) }
        if let mask = plan.mask { rows.append(("mask", mask)) }
        for (path, digest) in plan.pictures.sorted(by: { $0.key < $1.key }) { rows.append((path, "SHA-256 \(digest)")) }
        if let seen = plan.preprocessing { rows.append(("network sees", seen.words)) }
        try print(rows)
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
        let text: String?
        let bytes = try PictureSource.bytes(of: path)
        do throws(PictureError) {
            switch PictureFormat(signatureOf: bytes) {
            case .png: text = try PNG.text(in: bytes, name: path)[PictureRecord.keyword]
            case .jpeg: text = try JPEG.comment(in: bytes, name: path)
            case nil: throw PictureError.notAPicture(file: path)
            }
        } catch {
            throw Failure(error)
        }
        guard let text else {
            throw .badData("\(path) does not say how it was made; only pictures that lucid drew do")
        }
        return text
    }
}
