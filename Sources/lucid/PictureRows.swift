import Visualization

extension PictureRecord {
    /// What `lucid info` says of a picture, line by line.
    var rows: [(String, String)] {
        var rows: [(String, String)] = [
            ("made by", "\(software) \(version)"),
            ("model", plan.model),
            ("weights", plan.weights),
            ("objective", plan.objective),
            ("score", "\(score)"),
            ("size", "\(plan.width)x\(plan.height)"),
            ("steps", complete ? "\(plan.steps)" : "\(stepsDone) of \(plan.steps) (incomplete)"),
            ("seed", "\(plan.seed)"),
            ("parameterization", "\(plan.parameterization)"),
        ]
        if plan.parameterization.canvas.traits.contains(.decayPower) { rows.append(("decay power", "\(plan.decayPower)")) }
        rows += [
            ("colours", plan.decorrelate ? "decorrelated" : "plain RGB"),
            ("transforms", plan.transforms),
            ("optimizer", "\(plan.optimizer), learning rate \(plan.learningRate), \(plan.schedule)"),
            ("rectifiers", plan.rectifier.rawValue),
            ("convolution", plan.convolution.rawValue),
        ]
        if plan.count > 1 { rows.append(("drawn together", "number \(picture ?? 0) of \(plan.count)")) }
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
        return rows
    }
}
