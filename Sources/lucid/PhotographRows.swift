import Networks
import Visualization

extension PhotographRecord {
    /// What `lucid info` says of a dream or a transfer of style.
    static func rows(ofFile path: String, text: String) throws(Failure) -> [(String, String)] {
        let record: PhotographRecord
        do {
            record = try PhotographRecord(json: text)
        } catch {
            throw .badData("\(path): \(error)")
        }
        var rows: [(String, String)] = [
            ("made by", "\(record.software) \(record.version)"), ("model", record.plan.model), ("weights", record.plan.weights),
        ]
        let (total, score) = (record.plan.steps, "\(record.score)")
        let steps = record.complete ? "\(total)" : "\(record.stepsDone) of \(total) (incomplete)"
        switch record.plan {
        case .dream(let plan): rows += [("dream of", plan.objective), ("score", score), ("steps", steps)] + plan.rows
        case .style(let plan): rows += [("score", score), ("steps", steps)] + plan.rows
        }
        if let quality = record.quality { rows.append(("JPEG quality", "\(quality)")) }
        for (name, digest) in record.plan.pictures.sorted(by: { $0.key < $1.key }) { rows.append((name, "SHA-256 \(digest)")) }
        return rows
    }
}

extension DreamPlan {
    fileprivate var rows: [(String, String)] {
        var rows: [(String, String)] = [
            ("photograph", photo ?? "noise"), ("size", "\(width)x\(height)"),
            ("octaves", "\(octaves) of \(iterations) steps, scale \(octaveScale)"), ("step", "\(stepSize * 255) of 255"),
            ("jitter", "\(jitter)"), ("seed", "\(seed)"), ("rectifiers", rectifier.rawValue),
            ("convolution", convolution.rawValue),
        ]
        if let tile { rows.append(("tiles", "\(tile)")) }
        if strength != 1 { rows.append(("strength", "\(strength)")) }
        if totalVariation != 0 { rows.append(("total variation", "\(totalVariation)")) }
        if let mask { rows.append(("mask", mask)) }
        if let profile { rows.append(("kernels", profile.rawValue)) }
        if poolGradient != .winner { rows.append(("pool gradient", poolGradient.rawValue)) }
        if let frame, let zoom {
            rows.append(("frame", "\(frame + 1) of a flight that enlarges each by \(zoom)"))
        } else if let frame {
            rows.append(("frame", "\(frame + 1) of a film, with \(carried) of the one before"))
        }
        if let preprocessing { rows.append(("network sees", preprocessing.words)) }
        return rows
    }
}

extension StylePlan {
    fileprivate var rows: [(String, String)] {
        func words(_ layers: [LayerWeight]) -> String {
            layers.map { $0.weight == 1 ? $0.layer : "\($0.layer)=\($0.weight)" }.joined(separator: " ")
        }
        var rows: [(String, String)] = [("content", content)]
        for style in styles {
            rows.append(("style", style.picture + (style.weight == 1 ? "" : "=\(style.weight)") + (style.mask.map { " where \($0) is white" } ?? "")))
        }
        rows += [
            ("content layers", words(contentLayers)), ("style layers", words(styleLayers)),
            ("weights", "content \(contentWeight), style \(styleWeight), total variation \(totalVariation)"),
            ("sizes", stages.map { "\($0.width)x\($0.height) in \($0.steps) steps" }.joined(separator: ", ")),
            ("optimizer", "\(optimizer), learning rate \(learningRate), \(schedule)"),
            ("begins with", start ?? beginning.rawValue), ("seed", "\(seed)"), ("convolution", convolution.rawValue),
        ]
        if styleScale != 1 { rows.append(("style scale", "\(styleScale)")) }
        if keepColors { rows.append(("colours", "the content's")) }
        if let profile { rows.append(("kernels", profile.rawValue)) }
        if poolGradient != .winner { rows.append(("pool gradient", poolGradient.rawValue)) }
        if let preprocessing { rows.append(("network sees", preprocessing.words)) }
        return rows
    }
}

extension Preprocessing {
    /// What a network is shown, in words.
    var words: String { "\(range[0])…\(range[1]) less \(mean) by \(std)\(bgr ? ", blue first" : "")" }
}
