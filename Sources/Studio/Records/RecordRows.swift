import Networks
import Visualization

/// A name and its value, as `lucid info` shows them.
public typealias Row = (name: String, value: String)

extension Record {
    /// Everything that a single picture says of itself, line by line.
    public var rows: [Row] {
        let drawn = pictures[0]
        let plan = drawn.plan
        if case .chart(let chart) = plan { return chart.rows }
        var rows: [Row] = [
            ("made by", "\(software) \(version)"), ("model", plan.model), ("weights", plan.weights), ("objective", plan.objective),
            ("score", "\(drawn.score) (\(plan.measure))"), ("steps done", drawn.complete ? "\(drawn.stepsDone)" : "\(drawn.stepsDone) of \(plan.steps) (incomplete)"),
        ]
        rows += plan.rows(picture: drawn.picture)
        if let quality = drawn.quality { rows.append(("quality", "\(quality)")) }
        if let depth = drawn.depth { rows.append(("depth", "\(depth)")) }
        for (name, digest) in plan.pictures.sorted(by: { $0.key < $1.key }) { rows.append((name, "SHA-256 \(digest)")) }
        return rows
    }
}

extension SettingGroup {
    /// The settings of a plan, a flag as "yes".
    static func rows(of plan: PlanType) -> [Row] {
        settings.compactMap { setting in setting.field?.text(plan).map { (setting.name, $0.isEmpty ? "yes" : $0) } }
    }
}

extension Plan {
    /// - Parameter picture: its place among those that were drawn together.
    fileprivate func rows(picture: Int?) -> [Row] {
        switch self {
        case .picture(let plan): return plan.rows(picture)
        case .dream(let plan): return plan.rows
        case .style(let plan): return plan.rows
        case .flight(let plan): return [("frames", "\(plan.frames)"), ("rate", "\(plan.rate)")] + plan.dream.rows
        case .diversity(let plan): return plan.pictures.rows(picture)
        case .facets(let plan): return [("threshold", "\(plan.threshold)")] + (plan.pictures.first?.rows(nil) ?? [])
        case .sheet(let plan): return plan.pictures[0].rows(nil)
        case .chart(let plan): return plan.rows
        case .attribution(let plan): return plan.rows
        case .tuning(let plan): return plan.rows
        case .exemplars(let plan): return plan.rows
        }
    }
}

/// The rows of what settings cannot say by themselves.
private func rows(_ all: (String, String?)...) -> [Row] { all.compactMap { name, value in value.map { (name, $0) } } }

extension RenderPlan {
    fileprivate func rows(_ picture: Int?) -> [Row] {
        RenderSettings.rows(of: self) + Studio.rows(
            ("kernels", profile?.rawValue), ("drawn together", count > 1 ? "number \(picture ?? 0) of \(count)" : nil),
            ("output-size", outputSize.map { PictureSize($0).text }), ("start", start), ("mask", mask), ("input", preprocessing?.words))
    }
}

extension DreamPlan {
    fileprivate var rows: [Row] {
        let place = frame.map { frame in
            "\(frame + 1) of a " + (zoom.map { "flight that enlarges each by \($0)" } ?? "film, with \(carried) of the one before")
        }
        return Studio.rows(("photograph", photo ?? "noise"), ("size", "\(width)x\(height)")) + DreamSettings.rows(of: self)
            + Studio.rows(("kernels", profile?.rawValue), ("mask", mask), ("frame", place), ("input", preprocessing?.words))
    }
}

extension StylePlan {
    fileprivate var rows: [Row] {
        func words(_ layers: [LayerWeight]) -> String { layers.map { LayerShare(name: $0.layer, share: $0.weight).text }.joined(separator: " ") }
        let pictures: [Row] = styles.map { style in
            ("style", LayerShare(name: style.picture, share: style.weight).text + (style.mask.map { " where \($0) is white" } ?? ""))
        }
        return [("content", content)] + pictures + [
            ("content-layer", words(contentLayers)), ("style-layer", words(styleLayers)),
            ("sizes", stages.map { "\($0.width)x\($0.height) in \($0.steps) steps" }.joined(separator: ", ")),
        ] + StyleSettings.rows(of: self) + Studio.rows(("kernels", profile?.rawValue), ("start", start), ("input", preprocessing?.words))
    }
}

extension Preprocessing {
    /// The network's input in words.
    var words: String {
        let others = (inputs ?? []).map { "; \($0.name) is \($0.source)" }.joined()
        return "\(range[0])…\(range[1]) less \(mean) by \(std)\(bgr ? ", blue first" : "")\(others)"
    }
}

extension TuningPlan {
    fileprivate var rows: [Row] {
        Studio.rows(("layer", layer), ("index", index)) + TuningSettings.rows(of: self)
            + Studio.rows(("kernels", profile?.rawValue), ("input", preprocessing?.words))
    }
}

extension AttributionPlan {
    fileprivate var rows: [Row] {
        Studio.rows(("photograph", photo), ("method", recipe.method.rawValue), ("layer", layer))
            + AttributionSettings.rows(of: self).filter { AttributionSettings.isUsed($0.name, by: recipe.method) }
            + Studio.rows(("kernels", profile?.rawValue), ("input", preprocessing?.words))
    }
}

extension ExemplarsPlan {
    fileprivate var rows: [Row] {
        let bands = Dictionary(grouping: exemplars, by: \.band)
        let chosen = exemplars.map(\.band).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return Studio.rows(
            ("unit", words), ("by", byMean ? "mean" : "max"), ("crop", crop.rawValue), ("threshold", threshold.map { "\($0)" }),
            ("chosen among", counted(photographs, "photograph")), ("kernels", profile?.rawValue), ("input", preprocessing?.words), ("beside", beside))
            + chosen.map { band in (band, bands[band]!.map(\.photo).joined(separator: ", ")) }
    }
}
