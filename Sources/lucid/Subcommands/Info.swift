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
        let record = try PictureRecord(ofFile: picture)
        if json {
            try standardOutput(record.json)
            return
        }
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
            ("optimizer", "\(plan.optimizer.rawValue), learning rate \(plan.learningRate), \(plan.schedule.rawValue)"),
            ("rectifiers", plan.rectifier.rawValue),
            ("convolution", plan.convolution.rawValue),
        ]
        if let seen = plan.preprocessing {
            rows.append(("network sees", "\(seen.range[0])…\(seen.range[1]) less \(seen.mean) by \(seen.std)\(seen.bgr ? ", blue first" : "")"))
        }
        let width = rows.map(\.0.count).max()!
        for (name, value) in rows {
            try standardOutput(name + String(repeating: " ", count: width - name.count) + "  " + value)
        }
    }
}

extension PictureRecord {
    /// The record in a PNG's text or a JPEG's comment.
    init(ofFile path: String) throws(Failure) {
        let text: String?
        do throws(PictureError) {
            let bytes = try InputFile.bytes(of: path)
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
        do {
            try self.init(json: text)
        } catch {
            throw .badData("\(path): \(error)")
        }
    }
}
